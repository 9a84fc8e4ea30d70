/** What an agent does with a conversation of their own: put it aside, give it away, end it. Each asks first. */
import { useState } from "preact/hooks";
import type { ConversationDetail } from "../shared/api/types";
import { useStore } from "../shared/store";
import { desk as words } from "../shared/words/desk";
import { asideWords } from "../shared/words/flow";
import type { Desk } from "./desk";
import { CloseDialog, ReturnDialog, SnoozeDialog, TransferDialog } from "./MoveDialogs";

type Asking = "snooze" | "return-to-bot" | "transfer" | "close";

export interface ActionsProps {
  desk: Desk;
  detail: ConversationDetail;
  isBusy: boolean;
}

export function Actions({ desk, detail, isBusy }: ActionsProps) {
  const [asking, setAsking] = useState<Asking | null>(null);
  const { team } = useStore(desk.overview.state);
  const id = detail.conversation_id;
  const dialog = { desk, detail, isBusy, onClose: () => setAsking(null) };
  const button = (what: Asking, label: string, kind = "") => (
    <button type="button" class={`button small ${kind}`} data-testid={what} onClick={() => setAsking(what)}>
      {label}
    </button>
  );
  return (
    <div class="talk-actions">
      {detail.snoozed_until ? (
        <button
          type="button"
          class="button small"
          data-testid="wake"
          disabled={isBusy}
          onClick={() => void desk.handling.act(id, "wake")}
        >
          {asideWords.wake}
        </button>
      ) : (
        button("snooze", asideWords.snooze)
      )}
      {button("return-to-bot", words.returnToBot)}
      {button("transfer", words.transfer)}
      {button("close", words.close, "alarm")}
      {asking === "snooze" && <SnoozeDialog {...dialog} />}
      {asking === "return-to-bot" && <ReturnDialog {...dialog} />}
      {asking === "transfer" && <TransferDialog {...dialog} team={team ?? []} />}
      {asking === "close" && <CloseDialog {...dialog} />}
    </div>
  );
}

/** What a supervisor may do with a conversation of somebody else: take part, whisper, take it, give it to another. */
import { useState } from "preact/hooks";
import type { ConversationDetail } from "../shared/api/types";
import { useDraft } from "../shared/chat/draft";
import { useStore } from "../shared/store";
import { Confirm } from "../shared/ui/Confirm";
import { common } from "../shared/words/common";
import { leadWords as words } from "../shared/words/flow";
import type { Desk } from "./desk";
import { colleagueWords } from "./MoveDialogs";

export interface LeadBarProps {
  desk: Desk;
  detail: ConversationDetail;
  hasJoined: boolean;
  isBusy: boolean;
}

export function LeadBar({ desk, detail, hasJoined, isBusy }: LeadBarProps) {
  const [asking, setAsking] = useState<"pull" | "push" | null>(null);
  const id = detail.conversation_id;
  const isHeld = detail.owner === "human";
  const close = () => setAsking(null);
  return (
    <div class="lead-bar">
      <div class="lead-row">
        <span class="quiet">{isHeld ? words.bar : detail.owner === "bot" ? words.botBar : ""}</span>
        <span class="buttons">
          {isHeld && (
            <button
              type="button"
              class="button small"
              data-testid={hasJoined ? "leave" : "join"}
              disabled={isBusy}
              onClick={() =>
                void desk.handling.act(id, hasJoined ? "leave" : "join", {}, hasJoined ? undefined : words.joined)
              }
            >
              {hasJoined ? words.leave : words.join}
            </button>
          )}
          {detail.owner !== "bot" && (
            <button type="button" class="button small" data-testid="push" onClick={() => setAsking("push")}>
              {words.push}
            </button>
          )}
          {detail.owner !== "waiting" && (
            <button type="button" class="button small" data-testid="pull" onClick={() => setAsking("pull")}>
              {words.pull}
            </button>
          )}
        </span>
      </div>
      {isHeld && <Whisper desk={desk} id={id} isBusy={isBusy} />}
      {asking === "pull" && (
        <Confirm
          title={words.pullAsk}
          text={words.pullWhy}
          yes={words.pull}
          no={common.cancel}
          isBusy={isBusy}
          onYes={() => void desk.handling.move(id, "pull").then(close)}
          onNo={close}
        />
      )}
      {asking === "push" && <PushDialog desk={desk} detail={detail} isBusy={isBusy} onClose={close} />}
    </div>
  );
}

function Whisper({ desk, id, isBusy }: { desk: Desk; id: string; isBusy: boolean }) {
  const [text, setText] = useDraft(`desk:${desk.me}:whisper:${id}`);
  const send = async () => {
    if (await desk.handling.act(id, "whisper", { text: text.trim() }, words.whispered)) setText("");
  };
  return (
    <form
      class="lead-row"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <input
        class="input"
        data-testid="whisper-input"
        aria-label={words.whisperLabel}
        placeholder={words.whisperPlaceholder}
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
      />
      <button type="submit" class="button small" data-testid="whisper" disabled={isBusy || text.trim() === ""}>
        {words.whisperSend}
      </button>
    </form>
  );
}

interface PushDialogProps {
  desk: Desk;
  detail: ConversationDetail;
  isBusy: boolean;
  onClose(): void;
}

function PushDialog({ desk, detail, isBusy, onClose }: PushDialogProps) {
  const { team } = useStore(desk.overview.state);
  const there = (team ?? []).filter((one) => one.is_present && one.agent_id !== detail.agent?.agent_id);
  const [chosen, setChosen] = useState("");
  const agent_id = chosen || there[0]?.agent_id || "";
  return (
    <Confirm
      title={words.pushAsk}
      yes={words.push}
      no={common.cancel}
      isBusy={isBusy || agent_id === ""}
      onYes={() => void desk.handling.move(detail.conversation_id, "push", { agent_id }).then(onClose)}
      onNo={onClose}
    >
      {there.length === 0 ? (
        <p class="quiet">{words.nobodyThere}</p>
      ) : (
        <select class="input" value={agent_id} onChange={(event) => setChosen(event.currentTarget.value)}>
          {there.map((one) => (
            <option key={one.agent_id} value={one.agent_id}>
              {colleagueWords(one)}
            </option>
          ))}
        </select>
      )}
    </Confirm>
  );
}

/** What did not reach customers: seen by supervisors, opened, sent again. */

import type { Undelivered } from "../../shared/api/replies";
import { dayAndTime, roughSpanOf } from "../../shared/format";
import { useLoad } from "../../shared/staff/load";
import type { Staff } from "../../shared/staff/session";
import { channelName } from "../../shared/words/desk";
import { undeliveredWords as words } from "../../shared/words/replies";
import { ticketWords } from "../../shared/words/tickets";
import type { Notices } from "../notices";
import { useAct } from "./act";
import { Nothing, OfficePage, WhenLoaded } from "./OfficePage";

const EVERY_MS = 15_000;

export interface UndeliveredPageProps {
  staff: Staff;
  notices: Notices;
  onOpen(conversation_id: string): void;
}

export function UndeliveredPage({ staff, notices, onOpen }: UndeliveredPageProps) {
  const loaded = useLoad<{ messages: Undelivered[] }>(staff, "/api/desk/outbox", EVERY_MS);
  const act = useAct(notices);
  const resend = async ({ conversation_id, seq }: Undelivered) => {
    await act.run(
      () => staff.call("POST", "/api/desk/outbox/resend", { body: { conversation_id, seq } }),
      words.resent,
    );
    await loaded.reload();
  };
  return (
    <OfficePage title={words.title} hint={words.hint}>
      <WhenLoaded loaded={loaded}>
        {({ messages }) =>
          messages.length === 0 ? (
            <Nothing title={words.empty} />
          ) : (
            <ol class="cards">
              {messages.map((one) => (
                <li key={`${one.conversation_id}:${one.seq}`} class="panel office-card" data-testid="undelivered">
                  <p class="list-line">
                    <span class={`tag ${one.failed_at ? "alarm" : ""}`}>
                      {one.failed_at ? `! ${words.failed}` : words.late}
                    </span>
                    <span class="tag">{channelName(one.channel)}</span>
                    <span class="list-wait">{roughSpanOf(one.waited_s)}</span>
                  </p>
                  <p class="quiet">
                    {dayAndTime(one.written_at)} · {one.tries}
                    {words.tries}
                    {one.error ? ` · ${one.error}` : ""}
                  </p>
                  <div class="buttons end">
                    <button type="button" class="button small" onClick={() => onOpen(one.conversation_id)}>
                      {ticketWords.open}
                    </button>
                    {one.failed_at && (
                      <button
                        type="button"
                        class="button small primary"
                        data-testid="resend"
                        disabled={act.isBusy}
                        onClick={() => void resend(one)}
                      >
                        {words.resend}
                      </button>
                    )}
                  </div>
                </li>
              ))}
            </ol>
          )
        }
      </WhenLoaded>
    </OfficePage>
  );
}

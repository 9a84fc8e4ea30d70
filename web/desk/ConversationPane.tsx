/** The open conversation: who it is, the transcript with notes, and what can be done with it. */
import { useEffect, useRef, useState } from "preact/hooks";
import type { ConversationDetail } from "../shared/api/types";
import { useDraft } from "../shared/chat/draft";
import { dayAndTime } from "../shared/format";
import type { Staff } from "../shared/staff/session";
import { agentTitle, common, ownerName } from "../shared/words/common";
import { channelName, desk as words } from "../shared/words/desk";
import { errorWords } from "../shared/words/errors";
import { asideWords, leadWords } from "../shared/words/flow";
import { Actions } from "./Actions";
import type { Desk } from "./desk";
import type { DeskState } from "./desk-state";
import { LeadBar } from "./LeadBar";
import { ReplyBox } from "./ReplyBox";
import type { Command } from "./shortcuts";
import { Transcript } from "./Transcript";

export interface ConversationPaneProps {
  staff: Staff;
  desk: Desk;
  state: DeskState;
  isMine: boolean;
  /** Whether the role may do something with conversations of others. */
  isLead: boolean;
  /** Where shortcuts that concern the open conversation go. */
  commandRef: { current: (command: Command) => void };
}

export function ConversationPane({ staff, desk, state, isMine, isLead, commandRef }: ConversationPaneProps) {
  const id = state.openId;
  const detail = id ? state.details[id] : undefined;
  const error = id ? state.detailErrors[id] : undefined;
  const [mode, setMode] = useState<"reply" | "note">("reply");
  const [reply, setReply] = useDraft(`desk:${desk.me}:reply:${id}`);
  const field = useRef<HTMLTextAreaElement>(null);

  useReading(desk, id, detail?.messages.length ?? 0);
  commandRef.current = (command) => {
    if (command.kind === "claim" && id && detail?.owner === "waiting") void desk.handling.move(id, "claim");
    if (command.kind !== "reply" && command.kind !== "note") return;
    setMode(command.kind);
    setTimeout(() => field.current?.focus());
  };

  const putBack = (text: string) => {
    setReply((current) => (current ? `${text}\n${current}` : text));
    setMode("reply");
  };

  if (!id) return <Empty title={words.nothingOpen} hint={words.nothingOpenHint} />;
  if (error !== undefined) return <Empty title={words.lost} hint={errorWords(error)} />;
  if (!detail) return <Empty title={words.loadingConversation} hint="" />;
  const isBusy = state.busyId === id;
  const others = (detail.participants ?? []).filter((one) => one.agent_id !== desk.me);
  const hasJoined = (detail.participants ?? []).some((one) => one.agent_id === desk.me);
  return (
    <main class="desk-talk">
      <header class="talk-head">
        <div class="talk-who">
          <h2>{detail.customer?.name ?? words.anonymous}</h2>
          <span class={`tag ${detail.owner === "human" ? "strong" : ""}`} data-testid="owner" data-owner={detail.owner}>
            {ownerWords(detail, isMine)}
          </span>
          <span class="tag">{channelName(detail.channel)}</span>
          {detail.snoozed_until && (
            <span class="tag">
              {dayAndTime(detail.snoozed_until)}
              {asideWords.until}
            </span>
          )}
          {others.length > 0 && (
            <span class="tag">
              {leadWords.with}: {others.map((one) => one.name).join(", ")}
            </span>
          )}
        </div>
        {isMine && <Actions desk={desk} detail={detail} isBusy={isBusy} />}
      </header>
      <Transcript desk={desk} detail={detail} onEdit={putBack} />
      {detail.owner === "waiting" && (
        <footer class="talk-foot claim-bar">
          <p class="quiet">{words.claimHint}</p>
          <button
            type="button"
            class="button primary"
            data-testid="claim"
            disabled={isBusy}
            onClick={() => void desk.handling.move(id, "claim")}
          >
            {words.claim}
          </button>
        </footer>
      )}
      {isLead && !isMine && detail.owner !== "closed" && (
        <LeadBar desk={desk} detail={detail} hasJoined={hasJoined} isBusy={isBusy} />
      )}
      {(isMine || hasJoined) && (
        <ReplyBox
          staff={staff}
          desk={desk}
          detail={detail}
          mode={mode}
          onMode={setMode}
          reply={reply}
          onReply={setReply}
          inputRef={field}
        />
      )}
    </main>
  );
}

function Empty({ title, hint }: { title: string; hint: string }) {
  return (
    <main class="desk-talk nothing">
      <h2>{title}</h2>
      {hint && <p class="quiet">{hint}</p>}
    </main>
  );
}

function ownerWords(detail: ConversationDetail, isMine: boolean): string {
  if (detail.owner !== "human" || isMine) return isMine ? words.mine : ownerName[detail.owner];
  return detail.agent ? agentTitle(detail.agent.name) : `${ownerName.human} · ${common.loading}`;
}

/** Mark the conversation as read while it is open and the page is looked at. */
function useReading(desk: Desk, id: string | null, count: number): void {
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new message is read too
  useEffect(() => {
    if (!id) return;
    const read = () => {
      if (document.visibilityState === "visible") desk.read(id);
    };
    read();
    document.addEventListener("visibilitychange", read);
    return () => document.removeEventListener("visibilitychange", read);
  }, [desk, id, count]);
}

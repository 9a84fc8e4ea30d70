/** The conversation as the customer sees it: who speaks, the log, the typing box. */
import { useEffect, useRef, useState } from "preact/hooks";
import { Composer } from "../shared/chat/Composer";
import { useDraft } from "../shared/chat/draft";
import type { Outgoing } from "../shared/chat/outbox";
import { useStore } from "../shared/store";
import { Confirm } from "../shared/ui/Confirm";
import { common } from "../shared/words/common";
import { widget } from "../shared/words/widget";
import { ChatHeader } from "./ChatHeader";
import { ChatLog } from "./ChatLog";
import type { Conversation } from "./conversation";
import { RatingCard } from "./RatingCard";
import { DRAFT_KEY } from "./session";

export function Chat({ conversation, onNew }: { conversation: Conversation; onNew(): void }) {
  const state = useStore(conversation.state);
  const [draft, setDraft] = useDraft(DRAFT_KEY);
  const [isAsking, setAsking] = useState(false);
  const input = useRef<HTMLTextAreaElement>(null);
  const isOver = state.live === "refused";

  useEffect(() => {
    if (matchMedia("(pointer: fine)").matches) input.current?.focus();
  }, []);

  useReading(conversation, state.messages.length);

  const say = (text: string) => conversation.say(text);
  const edit = (outgoing: Outgoing) => {
    conversation.outbox.remove(outgoing.client_msg_id);
    if (outgoing.choice === undefined)
      setDraft((current) => (current ? `${outgoing.text}\n${current}` : outgoing.text));
    input.current?.focus();
  };
  const askNew = () => (isOver || state.owner === "closed" || state.messages.length === 0 ? onNew() : setAsking(true));

  return (
    <main class="chat">
      <ChatHeader
        conversation={conversation}
        state={state}
        onNew={askNew}
        onReconnect={() => conversation.reconnect()}
      />
      <ChatLog conversation={conversation} onSuggest={say} onEdit={edit} />
      {isOver ? (
        <footer class="chat-foot over">
          <p>{widget.expired}</p>
          <button type="button" class="button primary" onClick={onNew}>
            {widget.newConversation}
          </button>
        </footer>
      ) : (
        <footer class="chat-foot">
          {state.owner === "closed" && (
            <>
              <RatingCard key={state.messages.at(-1)?.seq} conversation={conversation} />
              <p class="closed-hint">{widget.closedHint}</p>
            </>
          )}
          <Composer
            draft={draft}
            onDraft={(text) => {
              setDraft(text);
              conversation.typed(text);
            }}
            onSend={(text) => {
              say(text);
              setDraft("");
            }}
            label={widget.inputLabel}
            placeholder={widget.inputPlaceholder}
            inputTestId="chat-input"
            sendTestId="chat-send"
            inputRef={input}
          />
        </footer>
      )}
      {isAsking && (
        <Confirm
          title={widget.newConversationAsk}
          text={widget.newConversationWhy}
          yes={widget.newConversationYes}
          no={common.cancel}
          onYes={onNew}
          onNo={() => setAsking(false)}
        />
      )}
    </main>
  );
}

/** What is here is read while the page is looked at. */
function useReading(conversation: Conversation, count: number): void {
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new message is read too
  useEffect(() => {
    const read = () => {
      if (document.visibilityState === "visible") conversation.read();
    };
    read();
    document.addEventListener("visibilitychange", read);
    return () => document.removeEventListener("visibilitychange", read);
  }, [conversation, count]);
}

/** The messages, oldest first, with what may still be pressed. */
import { Fragment } from "preact";
import { useRef } from "preact/hooks";
import { Bubble, Choices } from "../shared/chat/Bubble";
import { answerableSeq, chosenLabel, isFollowing, readByAgentSeq, startsDay } from "../shared/chat/messages";
import { OutgoingBubble } from "../shared/chat/OutgoingBubble";
import type { Outgoing } from "../shared/chat/outbox";
import { useStickyScroll } from "../shared/chat/scroll";
import { dayOf } from "../shared/format";
import { useStore } from "../shared/store";
import { common } from "../shared/words/common";
import { widget } from "../shared/words/widget";
import type { Conversation, ConversationState } from "./conversation";

export interface ChatLogProps {
  conversation: Conversation;
  onSuggest(text: string): void;
  onEdit(outgoing: Outgoing): void;
}

export function ChatLog({ conversation, onSuggest, onEdit }: ChatLogProps) {
  const state = useStore(conversation.state);
  const outgoing = useStore(conversation.outbox.items);
  const box = useRef<HTMLDivElement>(null);
  const typing = useStore(conversation.heard.typing);
  const isTyping = state.owner === "human" && typing.size > 0;
  const isAnswering = isBotAnswering(state, outgoing) || isTyping;
  const scroll = useStickyScroll(box, state.messages.length + (isAnswering ? 1 : 0), outgoing.length);
  const isFresh = state.isLoaded && state.owner === "bot" && outgoing.length === 0 && !hasCustomerSpoken(state);

  return (
    <div class="chat-body">
      <div class="chat-scroll" ref={box}>
        <div>
          <div role="log" aria-live="polite" aria-label={widget.logLabel} data-testid="chat-log">
            <ol class="log">
              <Greeting />
              <Messages conversation={conversation} state={state} isSending={isSending(outgoing)} />
              {outgoing.map((item) => (
                <OutgoingBubble
                  key={item.client_msg_id}
                  outgoing={item}
                  onRetry={() => conversation.outbox.retry()}
                  onEdit={onEdit}
                />
              ))}
            </ol>
          </div>
          {!state.isLoaded && <p class="quiet center">{common.loading}</p>}
          {isFresh && <Suggestions onSuggest={onSuggest} />}
          {isAnswering && (
            <p class="answering" role="status">
              <span class="dots" aria-hidden="true">
                <i />
                <i />
                <i />
              </span>
              <span class="visually-hidden">{isTyping ? widget.agentTypes : widget.answering}</span>
            </p>
          )}
        </div>
      </div>
      {scroll.hasUnseen && (
        <button type="button" class="button small to-end" onClick={scroll.toEnd}>
          {common.newMessages} ↓
        </button>
      )}
    </div>
  );
}

interface MessagesProps {
  conversation: Conversation;
  state: ConversationState;
  isSending: boolean;
}

function Messages({ conversation, state, isSending }: MessagesProps) {
  const { messages } = state;
  const open = answerableSeq(messages, state.owner, isSending);
  const readSeq = state.owner === "human" ? readByAgentSeq(messages, state.agentReadUpTo) : null;
  return (
    <>
      {messages.map((message, index) => (
        <Fragment key={message.seq}>
          {startsDay(messages, index) && <li class="day">{dayOf(message.at)}</li>}
          <Bubble
            message={message}
            isMine={message.author === "customer"}
            isFollowing={isFollowing(messages, index)}
            isFollowed={isFollowing(messages, index + 1)}
          >
            {message.seq === readSeq && (
              <p class="read-mark" data-testid="read-mark">
                {widget.readByAgent}
              </p>
            )}
            {message.choices && message.choices.length > 0 && (
              <Choices
                choices={message.choices}
                label={widget.choicesLabel}
                isOpen={message.seq === open}
                chosen={chosenLabel(messages, index)}
                onChoose={(choice) => conversation.choose(choice)}
              />
            )}
          </Bubble>
        </Fragment>
      ))}
    </>
  );
}

/** Said before anything else, on every page: a machine answers, and what is kept for how long. */
function Greeting() {
  return (
    <li class="message by-bot theirs greeting" data-author="system">
      <p class="message-author">{common.brand}</p>
      {widget.greeting.map((sentence) => (
        <p class="bubble" key={sentence}>
          {sentence}
        </p>
      ))}
    </li>
  );
}

function Suggestions({ onSuggest }: { onSuggest(text: string): void }) {
  return (
    <ul class="choices suggestions" aria-label={widget.suggestionsLabel}>
      {widget.suggestions.map((text) => (
        <li key={text}>
          <button type="button" class="choice" data-testid="suggestion" onClick={() => onSuggest(text)}>
            {text}
          </button>
        </li>
      ))}
    </ul>
  );
}

function isSending(outgoing: readonly Outgoing[]): boolean {
  return outgoing.some((item) => item.state === "sending" || item.state === "sent");
}

function hasCustomerSpoken(state: ConversationState): boolean {
  return state.messages.some((message) => message.author === "customer");
}

/** Whether the bot owes an answer: the last word is the customer's and the bot has the conversation. */
function isBotAnswering(state: ConversationState, outgoing: readonly Outgoing[]): boolean {
  if (state.owner !== "bot" || state.live === "refused") return false;
  if (outgoing.some((item) => item.state === "sent")) return true;
  return outgoing.length === 0 && state.messages.at(-1)?.author === "customer";
}

/** Who speaks now, the place in the queue, the state of the line. Said in words; colour only repeats it. */
import { common, liveWords } from "../shared/words/common";
import { speakerWords, widget } from "../shared/words/widget";
import type { Conversation, ConversationState } from "./conversation";
import { WaitingCard } from "./WaitingCard";

export interface ChatHeaderProps {
  conversation: Conversation;
  state: ConversationState;
  onNew(): void;
  onReconnect(): void;
}

export function ChatHeader({ conversation, state, onNew, onReconnect }: ChatHeaderProps) {
  return (
    <header class="chat-head">
      <div class="chat-head-row">
        <span class={`speaker-mark ${state.owner}`} aria-hidden="true" />
        <div class="chat-head-words">
          <h1 class="chat-title">{widget.title}</h1>
          <p class="speaker" data-testid="speaker" data-owner={state.owner} role="status">
            {speakerWords(state.owner, state.agentName, state.isAgentAway)}
          </p>
        </div>
        <LiveMark state={state} />
        <button type="button" class="button small" data-testid="new-conversation" onClick={onNew}>
          {widget.newConversation}
        </button>
      </div>
      {state.owner === "waiting" && <WaitingCard conversation={conversation} state={state} />}
      <LostLine state={state} onReconnect={onReconnect} />
    </header>
  );
}

function LiveMark({ state }: { state: ConversationState }) {
  return (
    <span class="live" data-testid="live" data-state={state.live}>
      <span class="live-dot" aria-hidden="true" />
      <span class="live-words">{liveWords[state.live]}</span>
    </span>
  );
}

function LostLine({ state, onReconnect }: { state: ConversationState; onReconnect(): void }) {
  if (state.live !== "retrying" && state.live !== "offline") return null;
  return (
    <div class="line-lost" role="status">
      <p>{state.live === "offline" ? widget.offlineLine : widget.lostLine}</p>
      <button type="button" class="link" onClick={onReconnect}>
        {common.reconnectNow}
      </button>
    </div>
  );
}

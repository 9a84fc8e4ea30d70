/** A message still on its way, or that did not go: it stays readable, and can be sent again. */
import { common } from "../words/common";
import { errorWords } from "../words/errors";
import type { Outgoing } from "./outbox";

export interface OutgoingBubbleProps {
  outgoing: Outgoing;
  onRetry(): void;
  /** Take a rejected text back into the typing box. */
  onEdit(outgoing: Outgoing): void;
}

export function OutgoingBubble({ outgoing, onRetry, onEdit }: OutgoingBubbleProps) {
  return (
    <li class={`message mine outgoing ${outgoing.state}`} data-testid="outgoing" data-state={outgoing.state}>
      <div class="message-line">
        <p class="bubble">{outgoing.text}</p>
        {outgoing.state === "sending" && <span class="message-time">{common.sending}</span>}
      </div>
      {outgoing.state === "failed" && (
        <p class="outgoing-note" role="alert">
          {common.notSent}
          <button type="button" class="link" data-testid="resend" onClick={onRetry}>
            {common.resend}
          </button>
        </p>
      )}
      {outgoing.state === "rejected" && (
        <p class="outgoing-note" role="alert">
          {errorWords(outgoing.error)}
          <button type="button" class="link" onClick={() => onEdit(outgoing)}>
            {outgoing.choice === undefined ? common.editAgain : common.close}
          </button>
        </p>
      )}
    </li>
  );
}

/** While a customer waits for a person: their place, how long it may take, their number, and two ways out. */
import { useId, useState } from "preact/hooks";
import { Confirm } from "../shared/ui/Confirm";
import { common } from "../shared/words/common";
import { errorWords } from "../shared/words/errors";
import { contactWords, positionWords, waitWords, widget } from "../shared/words/widget";
import type { Conversation, ConversationState } from "./conversation";

export function WaitingCard({ conversation, state }: { conversation: Conversation; state: ConversationState }) {
  const [isLeaving, setLeaving] = useState(false);
  const [isWriting, setWriting] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const { position, wait_s, ticket } = state;

  const leave = async () => {
    setLeaving(false);
    setError(null);
    await conversation.leaveQueue().catch(setError);
  };
  return (
    <section class="waiting-card" aria-label={widget.waiting}>
      <p class="position" data-testid="position" role="status">
        {[position === null ? "" : positionWords(position), waitWords(wait_s)].filter(Boolean).join(" · ")}
      </p>
      {ticket && (
        <p class="waiting-line">
          <span>
            {widget.ticketNumber} <strong data-testid="ticket-number">{ticket.number}</strong>
          </span>
          {ticket.contact && <span data-testid="contact-left">{contactWords(ticket.contact)}</span>}
        </p>
      )}
      {error !== null && (
        <p class="notice error" role="alert">
          {errorWords(error)}
        </p>
      )}
      {isWriting ? (
        <ContactForm conversation={conversation} onDone={() => setWriting(false)} />
      ) : (
        <div class="waiting-line">
          {ticket && (
            <button type="button" class="button small" data-testid="leave-contact" onClick={() => setWriting(true)}>
              {ticket.contact ? widget.contactChange : widget.contact}
            </button>
          )}
          <button type="button" class="button small" data-testid="leave-queue" onClick={() => setLeaving(true)}>
            {widget.leaveQueue}
          </button>
        </div>
      )}
      {isLeaving && (
        <Confirm
          title={widget.leaveAsk}
          text={widget.leaveWhy}
          yes={widget.leaveYes}
          no={common.cancel}
          onYes={() => void leave()}
          onNo={() => setLeaving(false)}
        />
      )}
    </section>
  );
}

function ContactForm({ conversation, onDone }: { conversation: Conversation; onDone(): void }) {
  const id = useId();
  const [text, setText] = useState("");
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const send = async () => {
    setBusy(true);
    setError(null);
    try {
      await conversation.leaveContact(text.trim());
      onDone();
    } catch (failure) {
      setError(failure);
      setBusy(false);
    }
  };
  return (
    <form
      class="contact-form"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <label for={id}>{widget.contactLabel}</label>
      <input
        id={id}
        class="input"
        data-testid="contact-input"
        value={text}
        placeholder={widget.contactHint}
        autocomplete="tel"
        aria-describedby={`${id}-error`}
        aria-invalid={error !== null}
        onInput={(event) => setText(event.currentTarget.value)}
      />
      <p id={`${id}-error`} class="form-error" role="alert">
        {error === null ? "" : errorWords(error)}
      </p>
      <div class="waiting-line">
        <button type="button" class="button small" onClick={onDone}>
          {common.cancel}
        </button>
        <button type="submit" class="button small primary" disabled={isBusy || text.trim() === ""}>
          {widget.contactSend}
        </button>
      </div>
    </form>
  );
}

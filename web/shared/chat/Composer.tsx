/**
 * The typing box of customer and agent. It holds no text of its own: the page keeps the draft, so that nothing
 * typed is lost when the box goes away.
 */
import type { Ref } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import { common, remainingWords } from "../words/common";
import { canSend, cleaned, remaining, shouldSend } from "./typing";

export interface ComposerProps {
  draft: string;
  onDraft(text: string): void;
  onSend(text: string): void;
  label: string;
  placeholder: string;
  inputTestId: string;
  sendTestId: string;
  isDisabled?: boolean;
  sendLabel?: string;
  inputRef?: Ref<HTMLTextAreaElement | null>;
  /** Sees each key first; true when it was taken. */
  onKey?(event: KeyboardEvent): boolean;
  /** The list that is open for what is typed, and the entry in it that Enter takes. */
  listId?: string;
  chosenId?: string;
  hint?: string;
}

export function Composer(props: ComposerProps) {
  const id = useId();
  const own = useRef<HTMLTextAreaElement | null>(null);
  const left = remaining(props.draft);
  const isReady = !props.isDisabled && canSend(props.draft);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the height follows the text
  useEffect(() => fitHeight(own.current), [props.draft]);

  const send = () => {
    if (isReady) props.onSend(cleaned(props.draft));
    own.current?.focus();
  };
  const hold = (element: HTMLTextAreaElement | null) => {
    own.current = element;
    if (typeof props.inputRef === "function") props.inputRef(element);
    else if (props.inputRef) props.inputRef.current = element;
  };

  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <label class="visually-hidden" for={id}>
        {props.label}
      </label>
      <textarea
        id={id}
        ref={hold}
        rows={1}
        data-testid={props.inputTestId}
        value={props.draft}
        placeholder={props.placeholder}
        disabled={props.isDisabled ?? false}
        title={props.hint}
        aria-controls={props.listId}
        aria-activedescendant={props.chosenId}
        aria-autocomplete={props.onKey ? "list" : undefined}
        aria-describedby={`${id}-left`}
        aria-invalid={left !== null && left < 0}
        enterkeyhint="send"
        onInput={(event) => props.onDraft(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (props.onKey?.(event)) {
            event.preventDefault();
            return;
          }
          if (!shouldSend(event)) return;
          event.preventDefault();
          send();
        }}
      />
      <button
        type="submit"
        class="button primary"
        data-testid={props.sendTestId}
        disabled={!isReady}
        title={common.newline}
      >
        {props.sendLabel ?? common.send}
      </button>
      <p id={`${id}-left`} class={`counter${left !== null && left < 0 ? " over" : ""}`} aria-live="polite">
        {left === null ? "" : remainingWords(left)}
      </p>
    </form>
  );
}

function fitHeight(box: HTMLTextAreaElement | null): void {
  if (!box) return;
  box.style.height = "auto";
  box.style.height = `${box.scrollHeight + box.offsetHeight - box.clientHeight}px`;
}

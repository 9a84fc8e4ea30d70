/** A question before something that cannot be taken back. The browser's own dialog keeps focus and answers Escape. */
import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";

export interface ConfirmProps {
  title: string;
  text?: string;
  yes: string;
  no: string;
  onYes(): void;
  onNo(): void;
  isBusy?: boolean;
  children?: ComponentChildren;
}

export function Confirm(props: ConfirmProps) {
  return (
    <Dialog title={props.title} onClose={props.onNo}>
      {props.text && <p class="quiet">{props.text}</p>}
      {props.children}
      <div class="dialog-buttons">
        <button type="button" class="button" onClick={props.onNo}>
          {props.no}
        </button>
        <button
          type="button"
          class="button primary"
          data-testid="confirm-yes"
          disabled={props.isBusy ?? false}
          onClick={props.onYes}
        >
          {props.yes}
        </button>
      </div>
    </Dialog>
  );
}

export function Dialog({ title, onClose, children }: { title: string; onClose(): void; children: ComponentChildren }) {
  const id = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  return (
    <dialog
      ref={dialog}
      class="dialog"
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <h2 id={id}>{title}</h2>
      {children}
    </dialog>
  );
}

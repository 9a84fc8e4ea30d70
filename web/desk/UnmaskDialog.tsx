/** Seeing what is masked: which fields, and why. What was shown goes away by itself and is kept nowhere. */
import { useEffect, useState } from "preact/hooks";
import type { Staff } from "../shared/staff/session";
import { Dialog } from "../shared/ui/Confirm";
import { common } from "../shared/words/common";
import { fieldNames, unmask as words } from "../shared/words/office";
import type { Notices } from "./notices";
import { useAct } from "./office/act";

const SHOWN_MS = 60_000;
const REASON_LETTERS = 5;

export interface UnmaskDialogProps {
  staff: Staff;
  notices: Notices;
  conversation_id: string;
  fields: readonly string[];
  onClose(): void;
}

export function UnmaskDialog({ staff, notices, conversation_id, fields, onClose }: UnmaskDialogProps) {
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const [reason, setReason] = useState("");
  const [shown, setShown] = useState<Record<string, string | null> | null>(null);
  const act = useAct(notices);

  useEffect(() => {
    if (!shown) return;
    const timer = setTimeout(onClose, SHOWN_MS);
    return () => clearTimeout(timer);
  }, [shown, onClose]);

  const send = () =>
    act.run(async () => {
      const path = `/api/desk/conversations/${encodeURIComponent(conversation_id)}/unmask`;
      const body = { fields: chosen, reason: reason.trim() };
      const answer = await staff.call<{ customer: Record<string, string | null> }>("POST", path, { body });
      setShown(answer.customer);
    });

  return (
    <Dialog title={words.title} onClose={onClose}>
      <p class="quiet">{shown ? words.shown : words.why}</p>
      {shown ? (
        <>
          <dl class="facts unmasked">
            {chosen.map((field) => (
              <div key={field}>
                <dt>{fieldNames[field]}</dt>
                <dd>{shown[field] ?? "–"}</dd>
              </div>
            ))}
          </dl>
          <div class="dialog-buttons">
            <button type="button" class="button primary" onClick={onClose}>
              {common.close}
            </button>
          </div>
        </>
      ) : (
        <form
          class="office-form"
          onSubmit={(event) => {
            event.preventDefault();
            void send();
          }}
        >
          <fieldset class="fieldset row">
            <legend>{words.fields}</legend>
            {fields.map((field) => (
              <label class="switch" key={field}>
                <input
                  type="checkbox"
                  checked={chosen.includes(field)}
                  onChange={(event) =>
                    setChosen(event.currentTarget.checked ? [...chosen, field] : chosen.filter((one) => one !== field))
                  }
                />
                {fieldNames[field]}
              </label>
            ))}
          </fieldset>
          <label class="field">
            <span>
              {words.reason} <span class="quiet">{words.reasonHint}</span>
            </span>
            <input value={reason} onInput={(event) => setReason(event.currentTarget.value)} />
          </label>
          <div class="dialog-buttons">
            <button type="button" class="button" onClick={onClose}>
              {common.cancel}
            </button>
            <button
              type="submit"
              class="button primary"
              disabled={act.isBusy || chosen.length === 0 || reason.trim().length < REASON_LETTERS}
            >
              {words.show}
            </button>
          </div>
        </form>
      )}
    </Dialog>
  );
}

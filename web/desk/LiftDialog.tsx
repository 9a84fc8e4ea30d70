/** Lifting a block: how the customer was recognised and why, and whether it was the shop's own fault. */
import { useState } from "preact/hooks";
import type { Block } from "../shared/api/office";
import type { Staff } from "../shared/staff/session";
import { Dialog } from "../shared/ui/Confirm";
import { common } from "../shared/words/common";
import { blocks as words } from "../shared/words/office";
import { blockLine } from "./context-lines";
import type { Notices } from "./notices";
import { useAct } from "./office/act";

const REASON_LETTERS = 5;

export interface LiftDialogProps {
  staff: Staff;
  notices: Notices;
  path: string;
  block: Block;
  onClose(): void;
}

export function LiftDialog({ staff, notices, path, block, onClose }: LiftDialogProps) {
  const [why, setWhy] = useState("");
  const [is_our_fault, setOurFault] = useState(false);
  const act = useAct(notices);
  const letters = why.match(/[\p{L}\p{N}]/gu)?.length ?? 0;

  const send = async () => {
    const body = { justification: why.trim(), is_our_fault };
    if (await act.run(() => staff.call("POST", path, { body }), words.done)) onClose();
  };

  return (
    <Dialog title={words.ask} onClose={onClose}>
      <p class="said">{blockLine(block).main}</p>
      <p class="quiet">{words.hint}</p>
      <form
        class="office-form"
        onSubmit={(event) => {
          event.preventDefault();
          void send();
        }}
      >
        <label class="field">
          <span>
            {words.why} <span class="quiet">{words.whyHint}</span>
          </span>
          <textarea
            rows={3}
            maxLength={500}
            data-testid="lift-why"
            value={why}
            onInput={(event) => setWhy(event.currentTarget.value)}
          />
        </label>
        <label class="switch">
          <input
            type="checkbox"
            checked={is_our_fault}
            onChange={(event) => setOurFault(event.currentTarget.checked)}
          />
          <span>
            {words.ourFault} <span class="quiet">{words.ourFaultHint}</span>
          </span>
        </label>
        <div class="dialog-buttons">
          <button type="button" class="button" onClick={onClose}>
            {common.cancel}
          </button>
          <button
            type="submit"
            class="button primary"
            data-testid="lift-send"
            disabled={letters < REASON_LETTERS || act.isBusy}
          >
            {words.lift}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

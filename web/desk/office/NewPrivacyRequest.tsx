/** Taking in a privacy request that came by letter, telephone, e-mail or in person. */
import { useState } from "preact/hooks";
import type { PrivacyRequest } from "../../shared/api/office";
import type { Staff } from "../../shared/staff/session";
import { Dialog } from "../../shared/ui/Confirm";
import { common } from "../../shared/words/common";
import { privacyChannels, privacyKinds, privacy as words } from "../../shared/words/office";
import type { Notices } from "../notices";
import { useAct } from "./act";

const CHANNELS = ["phone", "letter", "email", "in_person"] as const;

export interface NewPrivacyRequestProps {
  staff: Staff;
  notices: Notices;
  onClose(): void;
  onAdded(request_id: string): void;
}

const nothingYet = { customer_id: "", kind: "access", channel: "phone", agent_name: "", mandate: "", details: "" };

export function NewPrivacyRequest({ staff, notices, onClose, onAdded }: NewPrivacyRequestProps) {
  const [form, setForm] = useState(nothingYet);
  const [isByAgent, setByAgent] = useState(false);
  const act = useAct(notices);
  const set = (part: Partial<typeof nothingYet>) => setForm((before) => ({ ...before, ...part }));

  const send = async () => {
    const agent = isByAgent ? { agent_name: form.agent_name.trim(), mandate: form.mandate.trim() } : {};
    const details = form.details.trim() ? { details: form.details.trim() } : {};
    const body = {
      customer_id: form.customer_id.trim(),
      kind: form.kind,
      channel: form.channel,
      ...agent,
      ...details,
    };
    await act.run(async () => {
      const path = "/api/desk/privacy/requests";
      const added = await staff.call<PrivacyRequest & { is_new: boolean }>("POST", path, { body });
      notices.tell(added.is_new ? words.added : words.addedBefore);
      onAdded(added.request_id);
    });
  };

  return (
    <Dialog title={words.addTitle} onClose={onClose}>
      <form
        class="office-form"
        onSubmit={(event) => {
          event.preventDefault();
          void send();
        }}
      >
        <label class="field">
          <span>{words.customerId}</span>
          <input
            required
            value={form.customer_id}
            onInput={(event) => set({ customer_id: event.currentTarget.value })}
          />
        </label>
        <label class="field">
          <span>{words.kind}</span>
          <select value={form.kind} onChange={(event) => set({ kind: event.currentTarget.value })}>
            {Object.entries(privacyKinds).map(([id, name]) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </select>
        </label>
        <label class="field">
          <span>{words.channel}</span>
          <select value={form.channel} onChange={(event) => set({ channel: event.currentTarget.value })}>
            {CHANNELS.map((id) => (
              <option key={id} value={id}>
                {privacyChannels[id]}
              </option>
            ))}
          </select>
        </label>
        <label class="switch">
          <input type="checkbox" checked={isByAgent} onChange={(event) => setByAgent(event.currentTarget.checked)} />
          {words.byAgent}
        </label>
        {isByAgent && (
          <>
            <label class="field">
              <span>{words.agentName}</span>
              <input required value={form.agent_name} onInput={(e) => set({ agent_name: e.currentTarget.value })} />
            </label>
            <label class="field">
              <span>{words.mandate}</span>
              <input required value={form.mandate} onInput={(event) => set({ mandate: event.currentTarget.value })} />
            </label>
          </>
        )}
        <label class="field">
          <span>{words.details}</span>
          <textarea rows={2} value={form.details} onInput={(event) => set({ details: event.currentTarget.value })} />
        </label>
        <div class="dialog-buttons">
          <button type="button" class="button" onClick={onClose}>
            {common.cancel}
          </button>
          <button type="submit" class="button primary" disabled={act.isBusy}>
            {words.addYes}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

/** Amends for the customer: by the shop's table or as the agent says; above the agent's limit a supervisor decides. */
import { useState } from "preact/hooks";
import type { Gift, Proposal } from "../shared/api/office";
import type { OrderSummary } from "../shared/api/types";
import { newUuid } from "../shared/ids";
import type { Staff } from "../shared/staff/session";
import { Dialog } from "../shared/ui/Confirm";
import { common } from "../shared/words/common";
import { amendsCauses, giftWords, amends as words } from "../shared/words/office";
import type { Notices } from "./notices";
import { useAct } from "./office/act";

export interface ProposeDialogProps {
  staff: Staff;
  notices: Notices;
  path: string;
  version: number;
  orders: Pick<OrderSummary, "order_id" | "summary">[];
  onClose(): void;
}

const wish = {
  order_id: "",
  cause: "late",
  isOwn: false,
  points: "",
  coupon: "",
  free_shipping_coupon: false,
  resend: false,
  reason: "",
};

export type Wish = typeof wish;

/** The gifts that the form holds; none means that the shop's table decides. */
export function giftsOf(form: Wish): Gift[] {
  const points = Number(form.points);
  const coupon = Number(form.coupon);
  return [
    ...(points > 0 ? [{ kind: "points", amount_krw: points }] : []),
    ...(coupon > 0 ? [{ kind: "coupon", rate_percent: coupon }] : []),
    ...(form.free_shipping_coupon ? [{ kind: "free_shipping_coupon" }] : []),
    ...(form.resend ? [{ kind: "resend" }] : []),
  ];
}

export function ProposeDialog({ staff, notices, path, version, orders, onClose }: ProposeDialogProps) {
  // The same wish sent again is one wish.
  const [request_id] = useState(newUuid);
  const [form, setForm] = useState<Wish>({ ...wish, order_id: orders[0]?.order_id ?? "" });
  const [answer, setAnswer] = useState<Proposal | null>(null);
  const act = useAct(notices);
  const set = (part: Partial<Wish>) => setForm((before) => ({ ...before, ...part }));
  const isReady = form.order_id !== "" && form.reason.trim() !== "" && (!form.isOwn || giftsOf(form).length > 0);

  const send = () =>
    act.run(async () => {
      const { order_id, cause } = form;
      const gifts = form.isOwn ? { gifts: giftsOf(form) } : {};
      const body = { version, request_id, order_id, cause, reason: form.reason.trim(), ...gifts };
      setAnswer(await staff.call<Proposal>("POST", path, { body }));
    });

  if (answer) {
    return (
      <Dialog title={words.outcome[answer.outcome]} onClose={onClose}>
        {answer.gifts.length > 0 && <p class="said">{answer.gifts.map(giftWords).join(" + ")}</p>}
        <p>{answer.sentence}</p>
        {answer.alternative && <p class="quiet">{answer.alternative}</p>}
        <div class="dialog-buttons">
          <button type="button" class="button primary" onClick={onClose}>
            {common.close}
          </button>
        </div>
      </Dialog>
    );
  }
  return (
    <Dialog title={words.propose} onClose={onClose}>
      <p class="quiet">{orders.length > 0 ? words.proposeWhy : words.noOrder}</p>
      <form
        class="office-form"
        onSubmit={(event) => {
          event.preventDefault();
          void send();
        }}
      >
        <label class="field">
          <span>{words.order}</span>
          <select value={form.order_id} onChange={(event) => set({ order_id: event.currentTarget.value })}>
            {orders.map((order) => (
              <option key={order.order_id} value={order.order_id}>
                {order.summary ? `${order.summary} (${order.order_id})` : order.order_id}
              </option>
            ))}
          </select>
        </label>
        <label class="field">
          <span>{words.cause}</span>
          <select value={form.cause} onChange={(event) => set({ cause: event.currentTarget.value })}>
            {Object.entries(amendsCauses).map(([id, name]) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </select>
        </label>
        <WhatToGive form={form} onChange={set} />
        <label class="field">
          <span>
            {words.reason} <span class="quiet">{words.reasonHint}</span>
          </span>
          <textarea
            rows={2}
            data-testid="propose-reason"
            value={form.reason}
            onInput={(event) => set({ reason: event.currentTarget.value })}
          />
        </label>
        <div class="dialog-buttons">
          <button type="button" class="button" onClick={onClose}>
            {common.cancel}
          </button>
          <button type="submit" class="button primary" data-testid="propose-send" disabled={!isReady || act.isBusy}>
            {words.send}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

function WhatToGive({ form, onChange }: { form: Wish; onChange(part: Partial<Wish>): void }) {
  return (
    <fieldset class="fieldset">
      <legend>{words.what}</legend>
      <label class="switch">
        <input type="radio" name="what" checked={!form.isOwn} onChange={() => onChange({ isOwn: false })} />
        <span>
          {words.byTable} <span class="quiet">{words.byTableHint}</span>
        </span>
      </label>
      <label class="switch">
        <input type="radio" name="what" checked={form.isOwn} onChange={() => onChange({ isOwn: true })} />
        {words.own}
      </label>
      {form.isOwn && (
        <div class="gifts">
          {(["points", "coupon"] as const).map((name) => (
            <label class="field" key={name}>
              <span>{words[name]}</span>
              <input
                type="number"
                inputmode="numeric"
                min={0}
                max={name === "coupon" ? 100 : undefined}
                data-testid={`propose-${name}`}
                value={form[name]}
                onInput={(event) => onChange({ [name]: event.currentTarget.value })}
              />
            </label>
          ))}
          {(["free_shipping_coupon", "resend"] as const).map((name) => (
            <label class="switch" key={name}>
              <input
                type="checkbox"
                checked={form[name]}
                onChange={(event) => onChange({ [name]: event.currentTarget.checked })}
              />
              {giftWords({ kind: name })}
            </label>
          ))}
        </div>
      )}
    </fieldset>
  );
}

/** The questions before a conversation is put aside, given away or ended, with what goes along. */
import { useState } from "preact/hooks";
import type { Colleague } from "../shared/api/flow";
import type { ConversationDetail } from "../shared/api/types";
import { dayAndTime } from "../shared/format";
import { Confirm } from "../shared/ui/Confirm";
import { momentNow } from "../shared/ui/now";
import { skillNames, desk as words } from "../shared/words/desk";
import { asideWords, passWords } from "../shared/words/flow";
import type { Desk } from "./desk";
import { fromLocal, snoozeChoices } from "./moments";

/** What the gateway takes along to the bot, and for colleagues. */
const AGREED_MOST = 300;
const NOTE_MOST = 500;
const ORDERS_OFFERED = 10;

export interface MoveDialogProps {
  desk: Desk;
  detail: ConversationDetail;
  isBusy: boolean;
  onClose(): void;
}

export function SnoozeDialog({ desk, detail, isBusy, onClose }: MoveDialogProps) {
  const [choices] = useState(() => snoozeChoices(momentNow()));
  const [chosen, setChosen] = useState(choices[0]?.until ?? "");
  const [own, setOwn] = useState("");
  const until = chosen === "own" ? fromLocal(own) : chosen;
  const send = async () => {
    await desk.handling.act(detail.conversation_id, "snooze", { until }, asideWords.snoozed);
    onClose();
  };
  return (
    <Confirm
      title={asideWords.snoozeAsk}
      text={asideWords.snoozeWhy}
      yes={asideWords.snoozeYes}
      no={words.cancel}
      isBusy={isBusy || until === null}
      onYes={() => void send()}
      onNo={onClose}
    >
      <div class="choices-column">
        {[...choices, { name: asideWords.own, until: "own" }].map((choice) => (
          <label class="switch" key={choice.until}>
            <input
              type="radio"
              name="until"
              checked={chosen === choice.until}
              onChange={() => setChosen(choice.until)}
            />
            <span>
              {choice.name} {choice.until !== "own" && <span class="quiet">{dayAndTime(choice.until)}</span>}
            </span>
          </label>
        ))}
        {chosen === "own" && (
          <input
            class="input"
            type="datetime-local"
            aria-label={asideWords.own}
            value={own}
            onInput={(event) => setOwn(event.currentTarget.value)}
          />
        )}
      </div>
    </Confirm>
  );
}

export function TransferDialog({
  desk,
  detail,
  isBusy,
  onClose,
  team,
}: MoveDialogProps & { team: readonly Colleague[] }) {
  const [skill, setSkill] = useState(detail.context?.skill ?? "general");
  const [agent_id, setAgent] = useState("");
  const [note, setNote] = useState("");
  const able = team.filter((one) => one.agent_id !== desk.me && one.skills.includes(skill));
  const send = async () => {
    const id = detail.conversation_id;
    // The note first: once the conversation is given away, it is no longer ours to write in.
    if (note.trim() && !(await desk.handling.note(id, note.trim()))) return;
    const isDone = await desk.handling.move(id, "transfer", { skill, ...(agent_id ? { agent_id } : {}) });
    if (isDone || !note.trim()) onClose();
  };
  return (
    <Confirm
      title={words.transferAsk}
      text={words.transferWhy}
      yes={words.transferYes}
      no={words.cancel}
      isBusy={isBusy}
      onYes={() => void send()}
      onNo={onClose}
    >
      <div class="office-form transfer-field">
        <label class="field">
          <span>{words.transferSkill}</span>
          <select
            data-testid="transfer-skill"
            value={skill}
            onChange={(event) => {
              setSkill(event.currentTarget.value);
              setAgent("");
            }}
          >
            {Object.entries(skillNames).map(([value, name]) => (
              <option key={value} value={value}>
                {name}
              </option>
            ))}
          </select>
        </label>
        <label class="field">
          <span>{passWords.colleague}</span>
          <select value={agent_id} onChange={(event) => setAgent(event.currentTarget.value)}>
            <option value="">{passWords.anybody}</option>
            {able.map((one) => (
              <option key={one.agent_id} value={one.agent_id}>
                {colleagueWords(one)}
              </option>
            ))}
          </select>
        </label>
        <label class="field">
          <span>{passWords.note}</span>
          <textarea
            rows={2}
            data-testid="transfer-note"
            value={note}
            onInput={(event) => setNote(event.currentTarget.value)}
          />
        </label>
      </div>
    </Confirm>
  );
}

/** `이서준 · 2/4`, and that they are not there. */
export function colleagueWords(one: Colleague): string {
  const load = `${one.name} · ${one.load}/${one.capacity}`;
  return one.is_present ? load : `${load} · 자리에 없음`;
}

export function ReturnDialog({ desk, detail, isBusy, onClose }: MoveDialogProps) {
  const [form, setForm] = useState({ agreed: "", note: "", order_id: "", resume: true });
  const orders = (detail.customer?.recent_orders ?? []).slice(0, ORDERS_OFFERED);
  const set = (part: Partial<typeof form>) => setForm((before) => ({ ...before, ...part }));
  const send = async () => {
    const { agreed, note, order_id, resume } = form;
    const isDone = await desk.handling.move(detail.conversation_id, "return-to-bot", {
      resume,
      ...(agreed.trim() ? { agreed: agreed.trim() } : {}),
      ...(note.trim() ? { note: note.trim() } : {}),
      ...(order_id ? { learned: { order_id } } : {}),
    });
    if (isDone) onClose();
  };
  return (
    <Confirm
      title={words.returnAsk}
      text={words.returnWhy}
      yes={words.returnYes}
      no={words.cancel}
      isBusy={isBusy}
      onYes={() => void send()}
      onNo={onClose}
    >
      <div class="office-form transfer-field">
        <label class="field">
          <span>
            {passWords.agreed} <span class="quiet">{passWords.agreedHint}</span>
          </span>
          <input
            data-testid="return-agreed"
            maxLength={AGREED_MOST}
            value={form.agreed}
            onInput={(event) => set({ agreed: event.currentTarget.value })}
          />
        </label>
        {orders.length > 0 && (
          <label class="field">
            <span>{passWords.order}</span>
            <select value={form.order_id} onChange={(event) => set({ order_id: event.currentTarget.value })}>
              <option value="">{passWords.noOrder}</option>
              {orders.map((order) => (
                <option key={order.order_id} value={order.order_id}>
                  {order.summary} ({order.order_id})
                </option>
              ))}
            </select>
          </label>
        )}
        <label class="field">
          <span>{passWords.back}</span>
          <textarea
            rows={2}
            data-testid="return-note"
            maxLength={NOTE_MOST}
            value={form.note}
            onInput={(event) => set({ note: event.currentTarget.value })}
          />
        </label>
        <label class="switch">
          <input
            type="checkbox"
            checked={form.resume}
            onChange={(event) => set({ resume: event.currentTarget.checked })}
          />
          {passWords.resume}
        </label>
      </div>
    </Confirm>
  );
}

export function CloseDialog({ desk, detail, isBusy, onClose }: MoveDialogProps) {
  const send = async () => {
    await desk.handling.move(detail.conversation_id, "close");
    onClose();
  };
  return (
    <Confirm
      title={words.closeAsk}
      text={words.closeWhy}
      yes={words.closeYes}
      no={words.cancel}
      isBusy={isBusy}
      onYes={() => void send()}
      onNo={onClose}
    />
  );
}

/** What was promised the customer for a time: seen, made, kept, moved, taken back. */
import { useState } from "preact/hooks";
import type { PromiseMade } from "../shared/api/flow";
import { dayAndTime } from "../shared/format";
import type { Staff } from "../shared/staff/session";
import { Confirm } from "../shared/ui/Confirm";
import { common } from "../shared/words/common";
import { promiseWords as words } from "../shared/words/tickets";
import { fromLocal } from "./moments";
import type { Act } from "./office/act";
import type { TicketTools } from "./TicketPanel";

export function isOpenPromise(promise: PromiseMade): boolean {
  return promise.status === "planned" || promise.status === "due";
}

export function PromisesPart({ staff, tools }: { staff: Staff; tools: TicketTools }) {
  const [isAdding, setAdding] = useState(false);
  const open = tools.ticket.promises.filter(isOpenPromise);
  if (!tools.canChange && open.length === 0) return null;
  return (
    <div class="lines">
      <h3>{words.title}</h3>
      <ul class="promises">
        {open.map((promise) => (
          <li key={promise.promise_id} data-testid="promise" data-status={promise.status}>
            <PromiseLine promise={promise} />
            <PromiseButtons staff={staff} act={tools.act} promise={promise} onChanged={tools.reload} />
          </li>
        ))}
      </ul>
      {tools.canChange && !tools.ticket.resolved_at && (
        <button type="button" class="button small" data-testid="promise-add" onClick={() => setAdding(true)}>
          + {words.add}
        </button>
      )}
      {isAdding && (
        <AddPromise
          staff={staff}
          act={tools.act}
          number={tools.ticket.number}
          onClose={() => {
            setAdding(false);
            void tools.reload();
          }}
        />
      )}
    </div>
  );
}

export function PromiseLine({ promise }: { promise: PromiseMade }) {
  return (
    <p>
      {promise.status === "due" && <span class="tag alarm">{words.due}</span>} <strong>{words[promise.kind]}</strong> ·{" "}
      {dayAndTime(promise.due_at)}
      <br />
      {promise.note}
      {!promise.agent_id && <span class="quiet"> · {words.nobody}</span>}
    </p>
  );
}

interface PromiseButtonsProps {
  staff: Staff;
  act: Act;
  promise: PromiseMade;
  onChanged(): Promise<void>;
}

type Asking = "done" | "cancel" | "move";

export function PromiseButtons({ staff, act, promise, onChanged }: PromiseButtonsProps) {
  const [asking, setAsking] = useState<Asking | null>(null);
  const [text, setText] = useState("");
  const send = async (what: Asking | "take", body: object) => {
    const path = `/api/desk/promises/${encodeURIComponent(promise.promise_id)}/${what}`;
    await act.run(() => staff.call("POST", path, { body: { version: promise.version, ...body } }));
    setAsking(null);
    setText("");
    await onChanged();
  };
  const due_at = fromLocal(text);
  const ask = (what: Asking, label: string) => (
    <button type="button" class="button small" data-testid={`promise-${what}`} onClick={() => setAsking(what)}>
      {label}
    </button>
  );
  return (
    <div class="buttons">
      {!promise.agent_id && (
        <button type="button" class="button small" disabled={act.isBusy} onClick={() => void send("take", {})}>
          {words.take}
        </button>
      )}
      {ask("done", words.done)}
      {ask("move", words.move)}
      {ask("cancel", words.cancel)}
      {asking && (
        <Confirm
          title={words[asking]}
          yes={words[asking]}
          no={common.close}
          isBusy={act.isBusy || (asking === "move" ? due_at === null : text.trim() === "")}
          onYes={() => void send(asking, asking === "move" ? { due_at } : { outcome: text.trim() })}
          onNo={() => setAsking(null)}
        >
          {asking === "move" ? (
            <label class="field">
              <span>{words.when}</span>
              <input type="datetime-local" value={text} onInput={(event) => setText(event.currentTarget.value)} />
            </label>
          ) : (
            <label class="field">
              <span>{words.outcome}</span>
              <input data-testid="promise-text" value={text} onInput={(event) => setText(event.currentTarget.value)} />
            </label>
          )}
        </Confirm>
      )}
    </div>
  );
}

interface AddPromiseProps {
  staff: Staff;
  act: Act;
  number: string;
  onClose(): void;
}

function AddPromise({ staff, act, number, onClose }: AddPromiseProps) {
  const [form, setForm] = useState({ kind: "callback", when: "", note: "" });
  const due_at = fromLocal(form.when);
  const send = async () => {
    const path = `/api/desk/tickets/${encodeURIComponent(number)}/promises`;
    const body = { kind: form.kind, due_at, note: form.note.trim() };
    if (await act.run(() => staff.call("POST", path, { body }), words.added)) onClose();
  };
  return (
    <Confirm
      title={words.addTitle}
      yes={words.add}
      no={common.cancel}
      isBusy={act.isBusy || due_at === null || form.note.trim() === ""}
      onYes={() => void send()}
      onNo={onClose}
    >
      <div class="office-form">
        <label class="field">
          <span>{words.what}</span>
          <select value={form.kind} onChange={(event) => setForm({ ...form, kind: event.currentTarget.value })}>
            <option value="callback">{words.callback}</option>
            <option value="follow_up">{words.follow_up}</option>
          </select>
        </label>
        <label class="field">
          <span>{words.when}</span>
          <input
            type="datetime-local"
            data-testid="promise-when"
            value={form.when}
            onInput={(event) => setForm({ ...form, when: event.currentTarget.value })}
          />
        </label>
        <label class="field">
          <span>
            {words.note} <span class="quiet">{words.noteHint}</span>
          </span>
          <textarea
            rows={2}
            data-testid="promise-note"
            value={form.note}
            onInput={(event) => setForm({ ...form, note: event.currentTarget.value })}
          />
        </label>
      </div>
    </Confirm>
  );
}

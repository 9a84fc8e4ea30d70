/** The parts of a ticket's panel that come up only sometimes: contact, the cause of a complaint, merging. */
import { useState } from "preact/hooks";
import type { Ticket } from "../shared/api/flow";
import { dayAndTime } from "../shared/format";
import type { Staff } from "../shared/staff/session";
import { Confirm, Dialog } from "../shared/ui/Confirm";
import { common, nameOf } from "../shared/words/common";
import { ticketTypes, ticketWords as words } from "../shared/words/tickets";
import type { Notices } from "./notices";
import type { TicketTools } from "./TicketPanel";

export function ContactPart({ staff, tools }: { staff: Staff; tools: TicketTools }) {
  const { ticket, act } = tools;
  const [isAsking, setAsking] = useState(false);
  const [reason, setReason] = useState("");
  const [shown, setShown] = useState<string | null>(null);
  if (!ticket.contact) return null;
  const send = async () => {
    await act.run(async () => {
      const path = `/api/desk/tickets/${encodeURIComponent(ticket.number)}/contact`;
      const { value } = await staff.call<{ value: string }>("POST", path, { body: { reason: reason.trim() } });
      setShown(value);
    });
    setAsking(false);
    await tools.reload();
  };
  return (
    <div class="lines">
      <h3>{words.contact}</h3>
      <p class="ticket-row">
        <strong class="contact">{shown ?? ticket.contact.masked}</strong>
        {!shown && (
          <button type="button" class="button small" data-testid="show-contact" onClick={() => setAsking(true)}>
            {words.showContact}
          </button>
        )}
      </p>
      {isAsking && (
        <Confirm
          title={words.showContact}
          text={words.contactWhy}
          yes={words.showContact}
          no={common.cancel}
          isBusy={act.isBusy || reason.trim() === ""}
          onYes={() => void send()}
          onNo={() => setAsking(false)}
        >
          <label class="field">
            <span>{words.contactReason}</span>
            <input value={reason} onInput={(event) => setReason(event.currentTarget.value)} />
          </label>
        </Confirm>
      )}
    </div>
  );
}

export function AnalysisPart({ tools, causes }: { tools: TicketTools; causes: Readonly<Record<string, string>> }) {
  const { ticket, canChange } = tools;
  const [isWriting, setWriting] = useState(false);
  if (ticket.type !== "complaint") return null;
  const { analysis } = ticket;
  return (
    <div class="lines">
      <h3>{words.analysis}</h3>
      {analysis ? (
        <dl class="facts wide">
          <div>
            <dt>{words.cause}</dt>
            <dd>{causes[analysis.cause] ?? analysis.cause}</dd>
          </div>
          <div>
            <dt>{words.factor}</dt>
            <dd>{analysis.contributing_factor}</dd>
          </div>
          <div>
            <dt>{words.action}</dt>
            <dd>{analysis.action_taken}</dd>
          </div>
        </dl>
      ) : (
        <p class="alarming">
          <span aria-hidden="true">! </span>
          {words.analysisMissing}
        </p>
      )}
      {canChange && (
        <button type="button" class="button small" data-testid="analysis" onClick={() => setWriting(true)}>
          {words.analysisWrite}
        </button>
      )}
      {isWriting && <AnalysisDialog tools={tools} causes={causes} onClose={() => setWriting(false)} />}
    </div>
  );
}

interface AnalysisDialogProps {
  tools: TicketTools;
  causes: Readonly<Record<string, string>>;
  onClose(): void;
}

function AnalysisDialog({ tools, causes, onClose }: AnalysisDialogProps) {
  const known = tools.ticket.analysis;
  const [form, setForm] = useState({
    cause: known?.cause ?? Object.keys(causes)[0] ?? "",
    contributing_factor: known?.contributing_factor ?? "",
    action_taken: known?.action_taken ?? "",
  });
  const isReady = form.cause && form.contributing_factor.trim() && form.action_taken.trim();
  const send = async () => {
    if (await tools.change("PUT", "analysis", form, words.saved)) onClose();
  };
  return (
    <Dialog title={words.analysis} onClose={onClose}>
      <form
        class="office-form"
        onSubmit={(event) => {
          event.preventDefault();
          void send();
        }}
      >
        <label class="field">
          <span>{words.cause}</span>
          <select
            data-testid="analysis-cause"
            value={form.cause}
            onChange={(event) => setForm({ ...form, cause: event.currentTarget.value })}
          >
            {Object.entries(causes).map(([id, name]) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </select>
        </label>
        {(["contributing_factor", "action_taken"] as const).map((name) => (
          <label class="field" key={name}>
            <span>{name === "action_taken" ? words.action : words.factor}</span>
            <textarea
              rows={2}
              data-testid={`analysis-${name}`}
              value={form[name]}
              onInput={(event) => setForm({ ...form, [name]: event.currentTarget.value })}
            />
          </label>
        ))}
        <div class="dialog-buttons">
          <button type="button" class="button" onClick={onClose}>
            {common.cancel}
          </button>
          <button
            type="submit"
            class="button primary"
            data-testid="analysis-save"
            disabled={!isReady || tools.act.isBusy}
          >
            {words.save}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

interface MergePartProps {
  tools: TicketTools;
  others: readonly Ticket[];
  notices: Notices;
}

/** Only where the customer has another ticket in hand. */
export function MergePart({ tools, others, notices }: MergePartProps) {
  const [isAsking, setAsking] = useState(false);
  const [chosen, setChosen] = useState("");
  if (!tools.canChange || others.length === 0 || tools.ticket.resolved_at) return null;
  const into = others.find((one) => one.number === chosen) ?? others[0];
  const send = async () => {
    if (!into) return;
    const body = { into: into.number, into_version: into.version };
    if (await tools.change("POST", "merge", body)) notices.tell(words.merged);
    setAsking(false);
  };
  return (
    <>
      <button type="button" class="button small" data-testid="merge" onClick={() => setAsking(true)}>
        {words.merge}
      </button>
      {isAsking && (
        <Confirm
          title={words.mergeAsk}
          text={words.mergeWhy}
          yes={words.mergeYes}
          no={common.cancel}
          isBusy={tools.act.isBusy}
          onYes={() => void send()}
          onNo={() => setAsking(false)}
        >
          <select class="input" value={into?.number} onChange={(event) => setChosen(event.currentTarget.value)}>
            {others.map((one) => (
              <option key={one.number} value={one.number}>
                {one.number} · {ticketTypes[one.type]} · {dayAndTime(one.opened_at)}
              </option>
            ))}
          </select>
        </Confirm>
      )}
    </>
  );
}

/** What was said in conversations whose tickets this one took over. */
export function MergedPart({ ticket }: { ticket: TicketTools["ticket"] }) {
  if (ticket.merged.length === 0) return null;
  return (
    <div class="lines">
      <h3>{words.mergedHere}</h3>
      {ticket.merged.map((talk) => (
        <details key={talk.ticket.number}>
          <summary>
            {talk.ticket.number} · {dayAndTime(talk.ticket.opened_at)}
          </summary>
          <ol class="merged-talk">
            {talk.messages.map((message) => (
              <li key={message.seq}>
                <span class="quiet">{nameOf(message)}</span> {message.text}
              </li>
            ))}
          </ol>
        </details>
      ))}
    </div>
  );
}

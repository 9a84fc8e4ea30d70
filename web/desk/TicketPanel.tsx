/** The ticket of the open conversation: number, type, clocks, tags, contact, promises, the cause of a complaint, merging. */
import { useState } from "preact/hooks";
import type { Ticket, TicketDetail, TicketPolicy } from "../shared/api/flow";
import type { ConversationDetail } from "../shared/api/types";
import { useLoad } from "../shared/staff/load";
import type { Staff } from "../shared/staff/session";
import { useStore } from "../shared/store";
import { useNow } from "../shared/ui/now";
import { ticketStatuses, ticketTypes, ticketWords as words } from "../shared/words/tickets";
import type { Desk } from "./desk";
import { type Act, useAct } from "./office/act";
import { ClockTag } from "./SlaTag";
import { AnalysisPart, ContactPart, MergedPart, MergePart } from "./TicketParts";
import { PromisesPart } from "./TicketPromises";
import { TagsPart } from "./TicketTags";

export interface TicketPanelProps {
  staff: Staff;
  desk: Desk;
  detail: ConversationDetail;
  isMine: boolean;
}

/** What the parts of the panel work with. */
export interface TicketTools {
  ticket: TicketDetail;
  act: Act;
  canChange: boolean;
  /** Send a change of the ticket at the version that is shown. */
  change(method: "POST" | "PUT", what: string, body: object, done?: string): Promise<boolean>;
  reload(): Promise<void>;
}

export function TicketPanel({ staff, desk, detail, isMine }: TicketPanelProps) {
  const { ticketOf } = useStore(desk.overview.state);
  // Kept once seen: a ticket that is resolved is in no list any more, and must not vanish under the agent's hands.
  const [number, setNumber] = useState<string | null>(null);
  const listed = ticketOf[detail.conversation_id];
  if (listed && listed.number !== number) setNumber(listed.number);
  const path = number ? `/api/desk/tickets/${encodeURIComponent(number)}` : null;
  const loaded = useLoad<TicketDetail>(staff, path);
  const [seen, setSeen] = useState(0);
  // The list knows of a newer version: what is shown is old.
  if (listed && listed.version > seen) {
    setSeen(listed.version);
    if (loaded.value && loaded.value.version < listed.version) void loaded.reload();
  }
  const act = useAct(desk.notices);
  if (!number || !path) return null;

  const reload = async () => {
    await loaded.reload();
    desk.overview.refresh();
  };
  const change: TicketTools["change"] = async (method, what, body, done) => {
    const version = loaded.value?.version;
    const isDone = await act.run(() => staff.call(method, `${path}/${what}`, { body: { version, ...body } }), done);
    await reload();
    return isDone;
  };
  const ticket = loaded.value;
  return (
    <section class="panel" data-testid="ticket-panel">
      <h2 class="list-line">
        {words.title} <span class="ticket-number">{number}</span>
      </h2>
      {ticket && (
        <TicketBody
          staff={staff}
          desk={desk}
          tools={{ ticket, act, change, reload, canChange: isMine || ticket.agent_id === desk.me }}
        />
      )}
    </section>
  );
}

function TicketBody({ staff, desk, tools }: { staff: Staff; desk: Desk; tools: TicketTools }) {
  const now_ms = useNow(1000);
  const { tickets } = useStore(desk.overview.state);
  const policy = useLoad<TicketPolicy>(staff, "/api/desk/tickets/policy");
  const { ticket } = tools;
  const others = (tickets ?? []).filter(
    (one: Ticket) => ticket.customer_id && one.customer_id === ticket.customer_id && one.number !== ticket.number,
  );
  const isUnresolved = ticket.resolved_at === null && ticket.status !== "merged";
  return (
    <>
      <div class="ticket-row">
        <label class="field inline">
          <span>{words.type}</span>
          <select
            data-testid="ticket-type"
            value={ticket.type}
            disabled={!tools.canChange || !isUnresolved || tools.act.isBusy}
            onChange={(event) => void tools.change("POST", "type", { type: event.currentTarget.value })}
          >
            {Object.entries(ticketTypes).map(([id, name]) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </select>
        </label>
        <StatusButtons tools={tools} />
      </div>
      <p class="panel-tags" data-testid="ticket-clocks">
        {ticket.clocks.map((clock) => (
          <ClockTag key={`${clock.kind}:${clock.round}`} clock={clock} now_ms={now_ms} />
        ))}
      </p>
      <TagsPart tools={tools} />
      <ContactPart staff={staff} tools={tools} />
      <AnalysisPart tools={tools} causes={policy.value?.causes ?? {}} />
      <PromisesPart staff={staff} tools={tools} />
      <MergePart tools={tools} others={others} notices={desk.notices} />
      <MergedPart ticket={ticket} />
    </>
  );
}

function StatusButtons({ tools }: { tools: TicketTools }) {
  const { ticket, change, act, canChange } = tools;
  const to = (status: string, label: string) => (
    <button
      type="button"
      class="button small"
      data-testid={`ticket-${status}`}
      disabled={act.isBusy}
      onClick={() => void change("POST", "status", { status })}
    >
      {label}
    </button>
  );
  return (
    <span class="buttons">
      <span class="tag strong" data-testid="ticket-status" data-status={ticket.status}>
        {ticketStatuses[ticket.status]}
      </span>
      {canChange && ticket.status === "open" && to("pending", words.pending)}
      {canChange && (ticket.status === "pending" || ticket.status === "resolved") && to("open", words.reopen)}
    </span>
  );
}

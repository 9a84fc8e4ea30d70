/** Tickets and promises: all that is not done, what runs out first at the top. */
import { useState } from "preact/hooks";
import type { Colleague, Ticket, TicketType } from "../../shared/api/flow";
import { dayAndTime } from "../../shared/format";
import type { Staff } from "../../shared/staff/session";
import { useStore } from "../../shared/store";
import { useNow } from "../../shared/ui/now";
import { common } from "../../shared/words/common";
import { skillName } from "../../shared/words/desk";
import { promiseWords, ticketStatuses, ticketTypes, ticketWords as words } from "../../shared/words/tickets";
import type { Desk } from "../desk";
import { SlaTag } from "../SlaTag";
import { nextClock } from "../sla";
import { PromiseButtons, PromiseLine } from "../TicketPromises";
import { useAct } from "./act";
import { Nothing, OfficePage } from "./OfficePage";

export interface TicketsPageProps {
  staff: Staff;
  desk: Desk;
  onOpen(conversation_id: string): void;
}

interface Filter {
  whose: "mine" | "all";
  type: TicketType | "all";
}

export function TicketsPage({ staff, desk, onOpen }: TicketsPageProps) {
  const { tickets, team, promises } = useStore(desk.overview.state);
  const [filter, setFilter] = useState<Filter>({ whose: "all", type: "all" });
  const now_ms = useNow(1000);
  const act = useAct(desk.notices);
  const shown = tickets && inOrder(tickets, filter, desk.me);
  const tools = <Filters filter={filter} onChange={setFilter} />;
  return (
    <OfficePage title={words.list} hint={words.listHint} tools={tools}>
      {shown === null ? (
        <p class="quiet">{common.loading}</p>
      ) : shown.length === 0 ? (
        <Nothing title={words.listEmpty} />
      ) : (
        <TicketTable tickets={shown} team={team ?? []} now_ms={now_ms} onOpen={onOpen} />
      )}
      <section class="office-section">
        <h3>
          {promiseWords.title} <span class="quiet">{promiseWords.hint}</span>
        </h3>
        {promises.length === 0 ? (
          <Nothing title={promiseWords.empty} hint={promiseWords.emptyHint} />
        ) : (
          <ul class="cards">
            {promises.map((promise) => (
              <li key={promise.promise_id} class="panel office-card" data-testid="promise">
                <PromiseLine promise={promise} />
                <div class="buttons">
                  <button type="button" class="button small" onClick={() => onOpen(promise.conversation_id)}>
                    {promise.number} · {words.open}
                  </button>
                  <PromiseButtons staff={staff} act={act} promise={promise} onChanged={() => desk.overview.settled()} />
                </div>
              </li>
            ))}
          </ul>
        )}
      </section>
    </OfficePage>
  );
}

/** What runs out first at the top; what does not run after it, the oldest first. */
export function inOrder(tickets: readonly Ticket[], filter: Filter, me: string): Ticket[] {
  const end_ms = (ticket: Ticket) => Date.parse(nextClock(ticket)?.due_at ?? "") || Number.POSITIVE_INFINITY;
  return tickets
    .filter((ticket) => filter.whose === "all" || ticket.agent_id === me)
    .filter((ticket) => filter.type === "all" || ticket.type === filter.type)
    .sort((a, b) => {
      const [first, second] = [end_ms(a), end_ms(b)];
      return first === second ? Date.parse(a.opened_at) - Date.parse(b.opened_at) : first - second;
    });
}

function Filters({ filter, onChange }: { filter: Filter; onChange(filter: Filter): void }) {
  return (
    <div class="office-tools">
      <label class="field inline">
        <span>{words.whose}</span>
        <select
          value={filter.whose}
          onChange={(event) => onChange({ ...filter, whose: event.currentTarget.value as Filter["whose"] })}
        >
          <option value="all">{words.all}</option>
          <option value="mine">{words.mine}</option>
        </select>
      </label>
      <label class="field inline">
        <span>{words.type}</span>
        <select
          value={filter.type}
          onChange={(event) => onChange({ ...filter, type: event.currentTarget.value as Filter["type"] })}
        >
          <option value="all">{words.allTypes}</option>
          {Object.entries(ticketTypes).map(([id, name]) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </select>
      </label>
    </div>
  );
}

interface TicketTableProps {
  tickets: readonly Ticket[];
  team: readonly Colleague[];
  now_ms: number;
  onOpen(conversation_id: string): void;
}

function TicketTable({ tickets, team, now_ms, onOpen }: TicketTableProps) {
  const names = new Map(team.map((one) => [one.agent_id, one.name]));
  return (
    <div class="table-frame">
      <table class="table tickets">
        <thead>
          <tr>
            <th scope="col">{words.number}</th>
            <th scope="col">{words.type}</th>
            <th scope="col">{words.status}</th>
            <th scope="col">{words.clocks}</th>
            <th scope="col">{words.whose}</th>
            <th scope="col">{words.tags}</th>
          </tr>
        </thead>
        <tbody>
          {tickets.map((ticket) => (
            <tr key={ticket.number} data-testid="ticket-row">
              <th scope="row">
                <button type="button" class="link" onClick={() => onOpen(ticket.conversation_id)}>
                  {ticket.number}
                </button>
                <br />
                <span class="quiet">{dayAndTime(ticket.opened_at)}</span>
              </th>
              <td>
                <span class={`tag ${ticket.type === "complaint" ? "alarm" : ""}`}>{ticketTypes[ticket.type]}</span>
              </td>
              <td>
                {ticketStatuses[ticket.status]}
                <br />
                <span class="quiet">{skillName(ticket.skill)}</span>
              </td>
              <td>
                <SlaTag ticket={ticket} now_ms={now_ms} />
              </td>
              <td>{ticket.agent_id ? (names.get(ticket.agent_id) ?? "") : words.nobody}</td>
              <td>{ticket.tags.map((tag) => `#${tag}`).join(" ")}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/**
 * What an agent keeps an eye on beside the conversations: tickets with their clocks, colleagues, alerts, promises.
 *
 * Asked for after the lists, never before them, and at most once a second: a late clock costs nothing, a late message
 * does. What cannot be fetched stays as it was.
 */
import type { Colleague, DeskAlert, PromiseMade, Ticket } from "../shared/api/flow";
import { Refetch } from "../shared/live/refetch";
import type { Staff } from "../shared/staff/session";
import { Store } from "../shared/store";
import { byConversation } from "./sla";

export interface OverviewState {
  tickets: readonly Ticket[] | null;
  /** The newest ticket of each conversation that somebody still has to do something about. */
  ticketOf: Readonly<Record<string, Ticket>>;
  team: readonly Colleague[] | null;
  alerts: readonly DeskAlert[];
  promises: readonly PromiseMade[];
}

const AT_MOST_EVERY_MS = 1_000;
const EVERY_MS = 15_000;

export class Overview {
  readonly state = new Store<OverviewState>({ tickets: null, ticketOf: {}, team: null, alerts: [], promises: [] });
  readonly #staff: Staff;
  readonly #all = new Refetch(() => this.#fetch());
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(staff: Staff) {
    this.#staff = staff;
  }

  start(): void {
    this.#timer = setInterval(() => this.refresh(), EVERY_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  refresh(): void {
    void this.#all.ask();
  }

  /** Resolves once everything was asked for anew. */
  settled(): Promise<void> {
    return this.#all.ask();
  }

  async putAway(alert_id: string): Promise<void> {
    this.state.patch({ alerts: this.state.value.alerts.filter((alert) => alert.alert_id !== alert_id) });
    await this.#staff.call("POST", `/api/desk/alerts/${encodeURIComponent(alert_id)}/seen`, { body: {} });
  }

  async #fetch(): Promise<void> {
    await Promise.all([
      this.#take<{ tickets: Ticket[] }>("/api/desk/tickets", ({ tickets }) => ({
        tickets,
        ticketOf: byConversation(tickets),
      })),
      this.#take<{ agents: Colleague[] }>("/api/desk/agents", ({ agents }) => ({ team: agents })),
      this.#take<{ alerts: DeskAlert[] }>("/api/desk/alerts", ({ alerts }) => ({ alerts })),
      this.#take<{ promises: PromiseMade[] }>("/api/desk/promises", ({ promises }) => ({ promises })),
    ]);
    await new Promise((resolve) => setTimeout(resolve, AT_MOST_EVERY_MS));
  }

  async #take<T>(path: string, read: (answer: T) => Partial<OverviewState>): Promise<void> {
    try {
      this.state.patch(read(await this.#staff.call<T>("GET", path)));
    } catch {
      // The lists say that the line is lost; what was known last is still worth seeing.
    }
  }
}

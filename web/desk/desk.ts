/**
 * The desk's state and its live line, without any drawing. What it fetches is in `reading`, what an agent does with
 * conversations in `handling`.
 *
 * Hints arrive over the socket and lead to fetching the two lists; the lists say which conversations have gone on,
 * and only those are fetched.
 */
import { Problem } from "../shared/api/client";
import type { Presence, Session } from "../shared/api/types";
import { lastSeq } from "../shared/chat/messages";
import type { Outbox } from "../shared/chat/outbox";
import { newUuid } from "../shared/ids";
import { recall, remember } from "../shared/keep";
import { browser, socketAddress, wakeWithBrowser } from "../shared/live/browser";
import { LiveConnection, type LiveState } from "../shared/live/connection";
import { pause } from "../shared/live/pause";
import { isDeskEvent } from "../shared/live/socket-events";
import type { Staff } from "../shared/staff/session";
import { Store } from "../shared/store";
import type { DeskParts, DeskState } from "./desk-state";
import { Following } from "./following";
import { Handling } from "./handling";
import { MyPresence } from "./my-presence";
import { Notices } from "./notices";
import { Offers } from "./offers";
import { Outboxes } from "./outboxes";
import { Overview } from "./overview";
import { Reading } from "./reading";
import { type LastRead, markRead } from "./unread";
import { WrapUps } from "./wrap-ups";

const POLL_EVERY_MS = 2_000;
const CHECK_AFTER_MS = 20_000;

export class Desk implements DeskParts {
  readonly state: Store<DeskState>;
  readonly notices = new Notices();
  readonly offers: Offers;
  readonly overview: Overview;
  readonly wrapUps: WrapUps;
  readonly following: Following;
  readonly me: string;
  readonly staff: Staff;
  readonly outboxes: Outboxes;
  readonly reading = new Reading(this);
  readonly handling = new Handling(this, this.reading);
  readonly #connection: LiveConnection;
  #stopWaking: () => void = () => undefined;
  readonly #presence: MyPresence;

  constructor(staff: Staff, session: Session) {
    this.staff = staff;
    this.offers = new Offers(staff);
    this.overview = new Overview(staff);
    this.wrapUps = new WrapUps(staff);
    this.outboxes = new Outboxes(
      (id) => this.key(`outgoing:${id}`),
      (id, item) => this.handling.deliver(id, item),
    );
    this.me = session.agent.agent_id;
    this.state = new Store<DeskState>({
      queue: null,
      mine: null,
      loadError: null,
      openId: recall<string>(this.key("open")),
      details: {},
      detailErrors: {},
      lastRead: recall<LastRead>(this.key("read")) ?? {},
      presence: session.agent.presence ?? "offline",
      isPresenceChanged: false,
      live: "connecting",
      busyId: null,
    });
    this.#presence = new MyPresence(staff, this.me, this.state, this.overview, this.notices);
    this.#connection = new LiveConnection(this.#line(), browser);
    this.following = new Following({
      send: (event) => this.#connection.send(event),
      find: (id) => this.state.value.details[id],
      put: (detail) => this.reading.put(detail),
      fetch: (id) => void this.reading.fetch(id),
    });
  }

  start(): void {
    this.#connection.start();
    this.#stopWaking = wakeWithBrowser(this.#connection);
    this.overview.start();
    this.overview.state.subscribe(() => this.#presence.follow());
    void this.refresh();
  }

  stop(): void {
    this.#stopWaking();
    this.overview.stop();
    this.#connection.stop();
  }

  reconnect(): void {
    this.#connection.wake();
    void this.refresh();
  }

  refresh(): Promise<void> {
    return this.reading.refresh();
  }

  open(conversation_id: string | null): void {
    remember(this.key("open"), conversation_id);
    this.state.patch({ openId: conversation_id });
    if (conversation_id) void this.reading.fetch(conversation_id);
  }

  /** The open conversation is in sight: everything in it is read. */
  read(conversation_id: string): void {
    const detail = this.state.value.details[conversation_id];
    if (!detail) return;
    this.following.read(conversation_id, lastSeq(detail.messages));
    const lastRead = markRead(this.state.value.lastRead, conversation_id, detail.messages);
    if (lastRead === this.state.value.lastRead) return;
    remember(this.key("read"), lastRead);
    this.state.patch({ lastRead });
  }

  outbox(conversation_id: string): Outbox {
    return this.outboxes.of(conversation_id);
  }

  say(conversation_id: string, text: string): void {
    this.following.sent(conversation_id);
    this.outbox(conversation_id).add({ client_msg_id: newUuid(), text });
  }

  setPresence(presence: Presence): Promise<void> {
    return this.#presence.say(presence);
  }

  #line() {
    return {
      checkAfter_ms: CHECK_AFTER_MS,
      address: async () => socketAddress("/api/desk/socket"),
      greeting: () => null,
      receive: (event: unknown) => {
        if (isDeskEvent(event)) void this.refresh();
        else this.following.receive(event);
      },
      poll: async (signal: AbortSignal, isFirst: boolean) => {
        if (!isFirst) await pause(POLL_EVERY_MS, signal);
        await this.reading.ask();
        return false;
      },
      isFinal: (error: unknown) => error instanceof Problem && (error.status === 401 || error.status === 403),
      onState: (live: LiveState) => {
        const wasLost = this.state.value.live === "retrying" || this.state.value.live === "offline";
        this.state.patch({ live });
        this.following.forget();
        this.follow();
        if (wasLost && (live === "live" || live === "polling")) this.#resume();
      },
    };
  }

  /** Watch what this agent holds and what is open. */
  follow(): void {
    const { mine, openId, details } = this.state.value;
    const ids = (mine ?? []).map((item) => item.conversation_id);
    this.following.follow(openId ? [openId, ...ids.filter((id) => id !== openId)] : ids, details);
  }

  #resume(): void {
    void this.refresh();
    this.outboxes.retry();
  }

  key(name: string): string {
    return `desk:${this.me}:${name}`;
  }
}

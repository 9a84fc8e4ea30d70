/**
 * The desk's state and what an agent can do, without any drawing.
 *
 * Hints arrive over the socket and lead to fetching the two lists; the lists say which conversations have gone on,
 * and only those are fetched. So a lost hint costs seconds, never a message. Every change of a conversation carries
 * the version that was seen; who comes too late is told who has it now.
 */
import { Problem } from "../shared/api/client";
import type { ConversationDetail, Presence, QueueItem, Session, Winner } from "../shared/api/types";
import { mergeMessages } from "../shared/chat/messages";
import type { Outbox, Outgoing } from "../shared/chat/outbox";
import { newUuid } from "../shared/ids";
import { recall, remember } from "../shared/keep";
import { browser, socketAddress, wakeWithBrowser } from "../shared/live/browser";
import { LiveConnection, type LiveState } from "../shared/live/connection";
import { pause } from "../shared/live/pause";
import { Refetch } from "../shared/live/refetch";
import { isDeskEvent } from "../shared/live/socket-events";
import type { Staff } from "../shared/staff/session";
import { Store } from "../shared/store";
import { newWaitingWords, skillName, winnerWords, desk as words } from "../shared/words/desk";
import { errorWords } from "../shared/words/errors";
import { offerWords } from "../shared/words/flow";
import { type Act, type DeskState, type DoneAnswer, doneWords, type Move } from "./desk-state";
import { Following } from "./following";
import { inKnownOrder, isBehind, newlyWaiting } from "./lists";
import { MyPresence } from "./my-presence";
import { Notices } from "./notices";
import { Offers, type OpenOffer } from "./offers";
import { Outboxes } from "./outboxes";
import { Overview } from "./overview";
import { type LastRead, markRead } from "./unread";
import { WrapUps } from "./wrap-ups";

const POLL_EVERY_MS = 2_000;
const CHECK_AFTER_MS = 20_000;

export class Desk {
  readonly state: Store<DeskState>;
  readonly notices = new Notices();
  readonly offers: Offers;
  readonly overview: Overview;
  readonly wrapUps: WrapUps;
  readonly following: Following;
  readonly me: string;
  readonly #staff: Staff;
  readonly #outboxes: Outboxes;
  readonly #lists = new Refetch(() => this.#fetchLists());
  readonly #connection: LiveConnection;
  #stopWaking: () => void = () => undefined;
  readonly #presence: MyPresence;

  constructor(staff: Staff, session: Session) {
    this.#staff = staff;
    this.offers = new Offers(staff);
    this.overview = new Overview(staff);
    this.wrapUps = new WrapUps(staff);
    this.#outboxes = new Outboxes(
      (id) => this.#key(`outgoing:${id}`),
      (id, item) => this.#deliver(id, item),
    );
    this.me = session.agent.agent_id;
    this.state = new Store<DeskState>({
      queue: null,
      mine: null,
      loadError: null,
      openId: recall<string>(this.#key("open")),
      details: {},
      detailErrors: {},
      lastRead: recall<LastRead>(this.#key("read")) ?? {},
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
      put: (detail) => this.#put(detail),
      fetch: (id) => void this.#fetchDetail(id),
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
    return this.#lists.ask().catch(() => undefined);
  }

  open(conversation_id: string | null): void {
    remember(this.#key("open"), conversation_id);
    this.state.patch({ openId: conversation_id });
    if (conversation_id) void this.#fetchDetail(conversation_id);
  }

  /** The open conversation is in sight: everything in it is read. */
  read(conversation_id: string): void {
    const detail = this.state.value.details[conversation_id];
    if (!detail) return;
    const lastRead = markRead(this.state.value.lastRead, conversation_id, detail.messages);
    if (lastRead === this.state.value.lastRead) return;
    remember(this.#key("read"), lastRead);
    this.state.patch({ lastRead });
  }

  outbox(conversation_id: string): Outbox {
    return this.#outboxes.of(conversation_id);
  }

  say(conversation_id: string, text: string): void {
    this.following.sent(conversation_id);
    this.outbox(conversation_id).add({ client_msg_id: newUuid(), text });
  }

  /** Leave a note; false when it could not be kept (the text then stays in its field). */
  async note(conversation_id: string, text: string): Promise<boolean> {
    const isKept = await this.#attempt(conversation_id, () => this.#post(conversation_id, "notes", { text }));
    if (isKept) await this.#fetchDetail(conversation_id);
    return isKept;
  }

  /** Change who has the conversation. A conversation that was given away is left. */
  async move(conversation_id: string, move: Move, body: object = {}): Promise<boolean> {
    const isTaking = move === "claim" || move === "pull";
    const isDone = await this.#attempt(conversation_id, async () => {
      const done = await this.#post<DoneAnswer>(conversation_id, move, body);
      if (done.wrap_up_until) this.#beginWrapUp(conversation_id, done.version, done.wrap_up_until);
    });
    if (isDone && !isTaking) this.#leave(conversation_id);
    if (isDone && move !== "claim") this.notices.tell(doneWords[move]);
    await this.refresh();
    if (isTaking) await this.#fetchDetail(conversation_id);
    return isDone;
  }

  /** Do something about a conversation that stays where it is. */
  async act(conversation_id: string, act: Act, body: object = {}, done?: string): Promise<boolean> {
    const isDone = await this.#attempt(conversation_id, () => this.#post(conversation_id, act, body));
    if (isDone && done) this.notices.tell(done);
    await Promise.all([this.refresh(), this.#fetchDetail(conversation_id)]);
    return isDone;
  }

  /** Say that the work after a close is done: the next customer may come. */
  async endWrapUp(conversation_id: string, version: number): Promise<void> {
    // What has ended by itself meanwhile, or gone on because the customer wrote, is done all the same.
    await this.wrapUps.finish(conversation_id, version).catch(() => undefined);
    this.overview.refresh();
  }

  /** Take what is offered, at the version that was offered; who was faster is told as always. */
  async acceptOffer(offer: OpenOffer): Promise<boolean> {
    const { conversation_id, version } = offer.conversation;
    this.offers.drop(offer.offer_id);
    return await this.move(conversation_id, "claim", { version });
  }

  async declineOffer(offer: OpenOffer): Promise<void> {
    try {
      await this.offers.decline(offer);
      this.notices.tell(offerWords.declined);
    } catch (error) {
      this.notices.tell(errorWords(error), "alarm");
    }
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
        await this.#lists.ask();
        return false;
      },
      isFinal: (error: unknown) => error instanceof Problem && (error.status === 401 || error.status === 403),
      onState: (live: LiveState) => {
        const wasLost = this.state.value.live === "retrying" || this.state.value.live === "offline";
        this.state.patch({ live });
        this.following.forget();
        this.#follow();
        if (wasLost && (live === "live" || live === "polling")) this.#resume();
      },
    };
  }

  #put(detail: ConversationDetail): void {
    this.state.patch({ details: { ...this.state.value.details, [detail.conversation_id]: detail } });
    this.#outboxes.settle(detail.conversation_id, detail.messages);
  }

  /** Watch what this agent holds and what is open. */
  #follow(): void {
    const { mine, openId, details } = this.state.value;
    const ids = (mine ?? []).map((item) => item.conversation_id);
    this.following.follow(openId ? [openId, ...ids.filter((id) => id !== openId)] : ids, details);
  }

  #resume(): void {
    void this.refresh();
    this.#outboxes.retry();
  }

  async #fetchLists(): Promise<void> {
    try {
      const [queue, held] = await Promise.all([
        this.#staff.call<{ conversations: QueueItem[] }>("GET", "/api/desk/queue"),
        this.#staff.call<{ conversations: QueueItem[] }>("GET", "/api/desk/conversations?mine=true"),
        this.offers.fetch(),
      ]);
      this.#tellNewWaiting(queue.conversations);
      const order =
        this.state.value.mine?.map((item) => item.conversation_id) ?? recall<string[]>(this.#key("mine")) ?? [];
      const mine = inKnownOrder(order, held.conversations);
      remember(
        this.#key("mine"),
        mine.map((item) => item.conversation_id),
      );
      this.state.patch({ queue: queue.conversations, mine, loadError: null });
    } catch (error) {
      this.state.patch({ loadError: error });
      throw error;
    }
    this.overview.refresh();
    await Promise.all(this.#stale().map((id) => this.#fetchDetail(id)));
  }

  /** Conversations whose transcript here is behind the lists: all of mine, and the one that is open. */
  #stale(): string[] {
    const { mine, queue, openId, details, detailErrors } = this.state.value;
    const listed = [...(mine ?? []), ...(queue ?? []).filter((item) => item.conversation_id === openId)];
    const stale = listed.filter((item) => isBehind(item, details)).map((item) => item.conversation_id);
    const isGone = openId !== null && !listed.some((item) => item.conversation_id === openId) && !detailErrors[openId];
    return isGone ? [...stale, openId] : stale;
  }

  async #fetchDetail(conversation_id: string): Promise<void> {
    try {
      const path = `/api/desk/conversations/${encodeURIComponent(conversation_id)}`;
      const detail = await this.#staff.call<ConversationDetail>("GET", path);
      const { details, detailErrors } = this.state.value;
      const known = details[conversation_id];
      const read_up_to = known?.read_up_to ?? null;
      // What came over the socket while this was on its way is not taken back.
      const messages = [...mergeMessages(detail.messages, known?.messages ?? [])];
      this.state.patch({
        details: { ...details, [conversation_id]: { read_up_to, ...detail, messages } },
        detailErrors: { ...detailErrors, [conversation_id]: undefined },
      });
      this.#follow();
      this.#outboxes.settle(conversation_id, detail.messages);
    } catch (error) {
      const { [conversation_id]: _held, ...others } = this.state.value.details;
      // What may not be seen any longer is not kept in sight either; a lost line only leaves it as it was.
      const isRefused = error instanceof Problem && error.status < 500;
      if (isRefused) this.state.patch({ details: others });
      if (!isRefused && _held) return;
      this.state.patch({ detailErrors: { ...this.state.value.detailErrors, [conversation_id]: error } });
    }
  }

  async #deliver(conversation_id: string, item: Outgoing): Promise<{ seq?: number }> {
    const { client_msg_id, text } = item;
    const send = () => this.#post<{ seq?: number }>(conversation_id, "messages", { client_msg_id, text });
    try {
      return await send();
    } catch (error) {
      if (!(error instanceof Problem) || error.status !== 409) throw error;
      // The version may have moved while the conversation stayed mine: then the same message goes again.
      await this.#fetchDetail(conversation_id);
      if (this.state.value.details[conversation_id]?.agent?.agent_id !== this.me) throw error;
      return await send();
    } finally {
      void this.refresh();
    }
  }

  async #post<T = DoneAnswer>(conversation_id: string, action: string, body: object): Promise<T> {
    const detail = this.state.value.details[conversation_id];
    const item = this.state.value.queue?.find((waiting) => waiting.conversation_id === conversation_id);
    const version = detail?.version ?? item?.version;
    const path = `/api/desk/conversations/${encodeURIComponent(conversation_id)}/${action}`;
    const done = await this.#staff.call<T & { version: number }>("POST", path, { body: { version, ...body } });
    const { details } = this.state.value;
    const now = details[conversation_id];
    if (now) this.state.patch({ details: { ...details, [conversation_id]: { ...now, version: done.version } } });
    return done;
  }

  async #attempt(conversation_id: string, work: () => Promise<unknown>): Promise<boolean> {
    this.state.patch({ busyId: conversation_id });
    try {
      await work();
      return true;
    } catch (error) {
      const isLate = error instanceof Problem && error.status === 409;
      const winner = isLate ? (error.body["winner"] as Winner | undefined) : undefined;
      this.notices.tell(isLate ? winnerWords(winner) : errorWords(error), "alarm");
      if (isLate) void this.#fetchDetail(conversation_id);
      return false;
    } finally {
      this.state.patch({ busyId: null });
    }
  }

  #beginWrapUp(conversation_id: string, version: number, until: string): void {
    const name = this.state.value.details[conversation_id]?.customer?.name ?? words.anonymous;
    this.wrapUps.begin({ conversation_id, version, name, until });
  }

  #leave(conversation_id: string): void {
    if (this.state.value.openId !== conversation_id) return;
    const next = this.state.value.mine?.find((item) => item.conversation_id !== conversation_id);
    this.open(next?.conversation_id ?? null);
  }

  #tellNewWaiting(queue: readonly QueueItem[]): void {
    this.notices.keepOnly(new Set(queue.map((item) => item.conversation_id)));
    for (const item of newlyWaiting(this.state.value.queue, this.state.value.mine, queue)) {
      const name = item.customer?.name ?? words.anonymous;
      this.notices.tell(newWaitingWords(name, skillName(item.skill)), "plain", item.conversation_id);
    }
  }

  #key(name: string): string {
    return `desk:${this.me}:${name}`;
  }
}

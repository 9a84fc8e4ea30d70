/**
 * What this agent does with conversations.
 *
 * Every change carries the version that was seen; who comes too late is told who has it now.
 */
import { Problem } from "../shared/api/client";
import type { Winner } from "../shared/api/types";
import type { Outgoing } from "../shared/chat/outbox";
import { winnerWords, desk as words } from "../shared/words/desk";
import { errorWords } from "../shared/words/errors";
import { offerWords } from "../shared/words/flow";
import { type Act, type DeskParts, type DoneAnswer, doneWords, type Move } from "./desk-state";
import type { OpenOffer } from "./offers";
import type { Reading } from "./reading";

export class Handling {
  readonly #desk: DeskParts;
  readonly #reading: Reading;

  constructor(desk: DeskParts, reading: Reading) {
    this.#desk = desk;
    this.#reading = reading;
  }

  /** Leave a note; false when it could not be kept (the text then stays in its field). */
  async note(conversation_id: string, text: string): Promise<boolean> {
    const isKept = await this.#attempt(conversation_id, () => this.#post(conversation_id, "notes", { text }));
    if (isKept) await this.#reading.fetch(conversation_id);
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
    if (isDone && move !== "claim") this.#desk.notices.tell(doneWords[move]);
    await this.#reading.refresh();
    if (isTaking) await this.#reading.fetch(conversation_id);
    return isDone;
  }

  /** Do something about a conversation that stays where it is. */
  async act(conversation_id: string, act: Act, body: object = {}, done?: string): Promise<boolean> {
    const isDone = await this.#attempt(conversation_id, () => this.#post(conversation_id, act, body));
    if (isDone && done) this.#desk.notices.tell(done);
    await Promise.all([this.#reading.refresh(), this.#reading.fetch(conversation_id)]);
    return isDone;
  }

  /** Say that the work after a close is done: the next customer may come. */
  async endWrapUp(conversation_id: string, version: number): Promise<void> {
    // What has ended by itself meanwhile, or gone on because the customer wrote, is done all the same.
    await this.#desk.wrapUps.finish(conversation_id, version).catch(() => undefined);
    this.#desk.overview.refresh();
  }

  /** Take what is offered, at the version that was offered; who was faster is told as always. */
  async acceptOffer(offer: OpenOffer): Promise<boolean> {
    const { conversation_id, version } = offer.conversation;
    this.#desk.offers.drop(offer.offer_id);
    return await this.move(conversation_id, "claim", { version });
  }

  async declineOffer(offer: OpenOffer): Promise<void> {
    try {
      await this.#desk.offers.decline(offer);
      this.#desk.notices.tell(offerWords.declined);
    } catch (error) {
      this.#desk.notices.tell(errorWords(error), "alarm");
    }
  }

  async deliver(conversation_id: string, item: Outgoing): Promise<{ seq?: number }> {
    const { client_msg_id, text } = item;
    const send = () => this.#post<{ seq?: number }>(conversation_id, "messages", { client_msg_id, text });
    try {
      return await send();
    } catch (error) {
      if (!(error instanceof Problem) || error.status !== 409) throw error;
      // The version may have moved while the conversation stayed mine: then the same message goes again.
      await this.#reading.fetch(conversation_id);
      if (this.#desk.state.value.details[conversation_id]?.agent?.agent_id !== this.#desk.me) throw error;
      return await send();
    } finally {
      void this.#reading.refresh();
    }
  }

  async #post<T = DoneAnswer>(conversation_id: string, action: string, body: object): Promise<T> {
    const detail = this.#desk.state.value.details[conversation_id];
    const item = this.#desk.state.value.queue?.find((waiting) => waiting.conversation_id === conversation_id);
    const version = detail?.version ?? item?.version;
    const path = `/api/desk/conversations/${encodeURIComponent(conversation_id)}/${action}`;
    const done = await this.#desk.staff.call<T & { version: number }>("POST", path, { body: { version, ...body } });
    const { details } = this.#desk.state.value;
    const now = details[conversation_id];
    if (now) this.#desk.state.patch({ details: { ...details, [conversation_id]: { ...now, version: done.version } } });
    return done;
  }

  async #attempt(conversation_id: string, work: () => Promise<unknown>): Promise<boolean> {
    this.#desk.state.patch({ busyId: conversation_id });
    try {
      await work();
      return true;
    } catch (error) {
      const isLate = error instanceof Problem && error.status === 409;
      const winner = isLate ? (error.body["winner"] as Winner | undefined) : undefined;
      this.#desk.notices.tell(isLate ? winnerWords(winner) : errorWords(error), "alarm");
      if (isLate) void this.#reading.fetch(conversation_id);
      return false;
    } finally {
      this.#desk.state.patch({ busyId: null });
    }
  }

  #beginWrapUp(conversation_id: string, version: number, until: string): void {
    const name = this.#desk.state.value.details[conversation_id]?.customer?.name ?? words.anonymous;
    this.#desk.wrapUps.begin({ conversation_id, version, name, until });
  }

  #leave(conversation_id: string): void {
    if (this.#desk.state.value.openId !== conversation_id) return;
    const next = this.#desk.state.value.mine?.find((item) => item.conversation_id !== conversation_id);
    this.#desk.open(next?.conversation_id ?? null);
  }
}

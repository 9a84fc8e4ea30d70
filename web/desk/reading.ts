/**
 * What the desk fetches: the two lists, and the conversations that the lists say have gone on.
 *
 * A hint only makes it ask earlier, so a lost hint costs seconds, never a message.
 */
import { Problem } from "../shared/api/client";
import type { ConversationDetail, QueueItem } from "../shared/api/types";
import { mergeMessages } from "../shared/chat/messages";
import { recall, remember } from "../shared/keep";
import { Refetch } from "../shared/live/refetch";
import { newWaitingWords, skillName, desk as words } from "../shared/words/desk";
import type { DeskParts } from "./desk-state";
import { inKnownOrder, isBehind, newlyWaiting } from "./lists";

export class Reading {
  readonly #desk: DeskParts;
  readonly #lists = new Refetch(() => this.#fetchLists());

  constructor(desk: DeskParts) {
    this.#desk = desk;
  }

  /** Fetch the lists and what has gone on; fails when they cannot be had. */
  ask(): Promise<void> {
    return this.#lists.ask();
  }

  /** As `ask`; that the line is lost is said elsewhere. */
  refresh(): Promise<void> {
    return this.ask().catch(() => undefined);
  }

  put(detail: ConversationDetail): void {
    this.#desk.state.patch({ details: { ...this.#desk.state.value.details, [detail.conversation_id]: detail } });
    this.#desk.outboxes.settle(detail.conversation_id, detail.messages);
  }

  async fetch(conversation_id: string): Promise<void> {
    try {
      const path = `/api/desk/conversations/${encodeURIComponent(conversation_id)}`;
      const detail = await this.#desk.staff.call<ConversationDetail>("GET", path);
      const { details, detailErrors } = this.#desk.state.value;
      const known = details[conversation_id];
      const read_up_to = known?.read_up_to ?? null;
      // What came over the socket while this was on its way is not taken back.
      const messages = [...mergeMessages(detail.messages, known?.messages ?? [])];
      this.#desk.state.patch({
        details: { ...details, [conversation_id]: { read_up_to, ...detail, messages } },
        detailErrors: { ...detailErrors, [conversation_id]: undefined },
      });
      this.#desk.follow();
      this.#desk.outboxes.settle(conversation_id, detail.messages);
    } catch (error) {
      const { [conversation_id]: _held, ...others } = this.#desk.state.value.details;
      // What may not be seen any longer is not kept in sight either; a lost line only leaves it as it was.
      const isRefused = error instanceof Problem && error.status < 500;
      if (isRefused) this.#desk.state.patch({ details: others });
      if (!isRefused && _held) return;
      this.#desk.state.patch({ detailErrors: { ...this.#desk.state.value.detailErrors, [conversation_id]: error } });
    }
  }

  async #fetchLists(): Promise<void> {
    try {
      const [queue, held] = await Promise.all([
        this.#desk.staff.call<{ conversations: QueueItem[] }>("GET", "/api/desk/queue"),
        this.#desk.staff.call<{ conversations: QueueItem[] }>("GET", "/api/desk/conversations?mine=true"),
        this.#desk.offers.fetch(),
      ]);
      this.#tellNewWaiting(queue.conversations);
      const order =
        this.#desk.state.value.mine?.map((item) => item.conversation_id) ??
        recall<string[]>(this.#desk.key("mine")) ??
        [];
      const mine = inKnownOrder(order, held.conversations);
      remember(
        this.#desk.key("mine"),
        mine.map((item) => item.conversation_id),
      );
      this.#desk.state.patch({ queue: queue.conversations, mine, loadError: null });
    } catch (error) {
      this.#desk.state.patch({ loadError: error });
      throw error;
    }
    this.#desk.overview.refresh();
    await Promise.all(this.#stale().map((id) => this.fetch(id)));
  }

  /** Conversations whose transcript here is behind the lists: all of mine, and the one that is open. */
  #stale(): string[] {
    const { mine, queue, openId, details, detailErrors } = this.#desk.state.value;
    const listed = [...(mine ?? []), ...(queue ?? []).filter((item) => item.conversation_id === openId)];
    const stale = listed.filter((item) => isBehind(item, details)).map((item) => item.conversation_id);
    const isGone = openId !== null && !listed.some((item) => item.conversation_id === openId) && !detailErrors[openId];
    return isGone ? [...stale, openId] : stale;
  }

  #tellNewWaiting(queue: readonly QueueItem[]): void {
    this.#desk.notices.keepOnly(new Set(queue.map((item) => item.conversation_id)));
    for (const item of newlyWaiting(this.#desk.state.value.queue, this.#desk.state.value.mine, queue)) {
      const name = item.customer?.name ?? words.anonymous;
      this.#desk.notices.tell(newWaitingWords(name, skillName(item.skill)), "plain", item.conversation_id);
    }
  }
}

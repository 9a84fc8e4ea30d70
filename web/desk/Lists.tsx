/** Who waits, in the order they will be served, and the agent's own conversations. */
import type { QueueItem } from "../shared/api/types";
import { span, timeOfDay } from "../shared/format";
import { useNow } from "../shared/ui/now";
import { authorName, common } from "../shared/words/common";
import { channelName, gradeName, priorityWord, reasonName, skillName, desk as words } from "../shared/words/desk";
import type { DeskState } from "./desk";

export interface ListsProps {
  state: DeskState;
  /** Unread messages of `state.mine`, in its order. */
  unread: readonly number[];
  onOpen(conversation_id: string): void;
}

export function Lists({ state, unread, onOpen }: ListsProps) {
  const now_ms = useNow(1000);
  return (
    <nav class="desk-lists">
      <section aria-labelledby="mine-title">
        <h2 id="mine-title">
          {words.mine} <span class="count">{state.mine?.length ?? ""}</span>
        </h2>
        <List items={state.mine} empty={words.mineEmpty} hint={words.mineEmptyHint}>
          {(item, index) => (
            <MineItem
              item={item}
              number={index + 1}
              unread={unread[index] ?? 0}
              isOpen={item.conversation_id === state.openId}
              onOpen={() => onOpen(item.conversation_id)}
            />
          )}
        </List>
      </section>
      <section aria-labelledby="queue-title">
        <h2 id="queue-title">
          {words.queue} <span class="count">{state.queue?.length ?? ""}</span>
        </h2>
        <List items={state.queue} empty={words.queueEmpty} hint={words.queueEmptyHint}>
          {(item) => (
            <WaitingItem
              item={item}
              now_ms={now_ms}
              isOpen={item.conversation_id === state.openId}
              onOpen={() => onOpen(item.conversation_id)}
            />
          )}
        </List>
      </section>
    </nav>
  );
}

interface ListProps {
  items: readonly QueueItem[] | null;
  empty: string;
  hint: string;
  children(item: QueueItem, index: number): preact.ComponentChild;
}

function List({ items, empty, hint, children }: ListProps) {
  if (items === null) return <p class="list-empty quiet">{common.loading}</p>;
  if (items.length === 0) {
    return (
      <p class="list-empty quiet">
        <strong>{empty}</strong>
        <br />
        {hint}
      </p>
    );
  }
  return (
    <ol class="list">
      {items.map((item, index) => (
        <li key={item.conversation_id}>{children(item, index)}</li>
      ))}
    </ol>
  );
}

interface WaitingItemProps {
  item: QueueItem;
  now_ms: number;
  isOpen: boolean;
  onOpen(): void;
}

function WaitingItem({ item, now_ms, isOpen, onOpen }: WaitingItemProps) {
  const urgent = priorityWord(item.priority);
  return (
    <button
      type="button"
      class="list-item"
      data-testid="queue-item"
      data-conversation={item.conversation_id}
      aria-current={isOpen ? "true" : undefined}
      onClick={onOpen}
    >
      <span class="list-line">
        <strong>{item.customer?.name ?? words.anonymous}</strong>
        {item.customer?.grade === "vip" && <span class="tag strong">{gradeName("vip")}</span>}
        <span class="list-wait">
          <span class="visually-hidden">{words.waiting} </span>
          {item.waiting_since ? span(item.waiting_since, now_ms) : ""}
        </span>
      </span>
      <span class="list-tags">
        {urgent && <span class="tag alarm">! {urgent}</span>}
        <span class="tag strong">{skillName(item.skill)}</span>
        <span class="tag">{reasonName(item.reason)}</span>
        <span class="tag">{channelName(item.channel)}</span>
      </span>
      <span class="list-last">{lastWords(item)}</span>
    </button>
  );
}

/** What the customer said last; where the bot or a notice spoke after that, the summary holds it. */
function lastWords(item: QueueItem): string {
  if (item.last_author === "customer" && item.last_text) return item.last_text;
  return item.summary ?? item.last_text ?? "";
}

interface MineItemProps {
  item: QueueItem;
  number: number;
  unread: number;
  isOpen: boolean;
  onOpen(): void;
}

function MineItem({ item, number, unread, isOpen, onOpen }: MineItemProps) {
  return (
    <button
      type="button"
      class={`list-item${unread > 0 ? " has-unread" : ""}`}
      data-testid="mine-item"
      data-conversation={item.conversation_id}
      aria-current={isOpen ? "true" : undefined}
      onClick={onOpen}
    >
      <span class="list-line">
        <span class="list-number" aria-hidden="true">
          {number}
        </span>
        <strong>{item.customer?.name ?? words.anonymous}</strong>
        <span class="tag">{skillName(item.skill)}</span>
        {unread > 0 && (
          <span class="unread" data-testid="unread">
            <span class="visually-hidden">{words.unread} </span>
            {unread}
          </span>
        )}
        <span class="list-wait">{item.last_at ? timeOfDay(item.last_at) : ""}</span>
      </span>
      <span class="list-last">
        {item.last_author && item.last_author !== "customer" ? `${authorName[item.last_author]}: ` : ""}
        {item.last_text ?? ""}
      </span>
    </button>
  );
}

/** One line of a list: who it is, how long they wait, why they come first, what was said last. */
import type { Ticket } from "../shared/api/flow";
import type { QueueItem } from "../shared/api/types";
import { dayAndTime, span, timeOfDay } from "../shared/format";
import { authorName } from "../shared/words/common";
import {
  channelName,
  gradeName,
  languageName,
  priorityWord,
  reasonName,
  skillName,
  desk as words,
} from "../shared/words/desk";
import { asideWords } from "../shared/words/flow";
import { SlaTag } from "./SlaTag";
import { answerAwaitedSince } from "./waiting-for-me";

export interface ListItemProps {
  item: QueueItem;
  now_ms: number;
  ticket: Ticket | undefined;
  isOpen: boolean;
  onOpen(): void;
}

export function WaitingItem({ item, now_ms, ticket, isOpen, onOpen }: ListItemProps) {
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
        <SlaTag ticket={ticket} now_ms={now_ms} />
        {urgent && <span class="tag alarm">! {urgent}</span>}
        <span class="tag strong">{skillName(item.skill)}</span>
        <span class="tag">{reasonName(item.reason)}</span>
        {item.language && item.language !== "ko" && <span class="tag strong">{languageName(item.language)}</span>}
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

interface MineItemProps extends ListItemProps {
  number: number;
  unread: number;
  /** Of all customers of this agent, this one has waited longest for an answer. */
  isLongest: boolean;
}

export function MineItem({ item, now_ms, ticket, number, unread, isLongest, isOpen, onOpen }: MineItemProps) {
  const since = answerAwaitedSince(item);
  return (
    <button
      type="button"
      class={`list-item${unread > 0 ? " has-unread" : ""}${isLongest ? " is-longest" : ""}`}
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
        <span class={`list-wait${since ? " waits" : ""}`}>
          {since ? span(since, now_ms) : item.last_at ? timeOfDay(item.last_at) : ""}
        </span>
      </span>
      {(since || isLongest) && (
        <span class="list-tags">
          {isLongest && <span class="tag alarm">! {words.longest}</span>}
          {since && !isLongest && <span class="tag">{words.awaitsAnswer}</span>}
          <SlaTag ticket={ticket} now_ms={now_ms} />
        </span>
      )}
      <span class="list-last">
        {item.last_author && item.last_author !== "customer" ? `${authorName[item.last_author]}: ` : ""}
        {item.last_text ?? ""}
      </span>
    </button>
  );
}

export function SnoozedItem({ item, isOpen, onOpen }: ListItemProps) {
  return (
    <button
      type="button"
      class="list-item snoozed"
      data-testid="snoozed-item"
      data-conversation={item.conversation_id}
      aria-current={isOpen ? "true" : undefined}
      onClick={onOpen}
    >
      <span class="list-line">
        <strong>{item.customer?.name ?? words.anonymous}</strong>
        <span class="tag">{skillName(item.skill)}</span>
      </span>
      <span class="list-last">
        {item.snoozed_until ? dayAndTime(item.snoozed_until) : ""}
        {asideWords.until}
      </span>
    </button>
  );
}

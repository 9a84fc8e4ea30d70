/** What needs this agent: alerts, what they hold, what they put aside, and who waits, in the order they will be served. */
import type { ComponentChild } from "preact";
import type { QueueItem } from "../shared/api/types";
import { useStore } from "../shared/store";
import { useNow } from "../shared/ui/now";
import { common } from "../shared/words/common";
import { desk as words } from "../shared/words/desk";
import { asideWords } from "../shared/words/flow";
import { AlertList } from "./AlertList";
import type { Desk } from "./desk";
import type { DeskState } from "./desk-state";
import { MineItem, SnoozedItem, WaitingItem } from "./ListItems";
import { WrapUpList } from "./WrapUpList";
import { longestWaiting } from "./waiting-for-me";

export interface ListsProps {
  desk: Desk;
  state: DeskState;
  /** Unread messages of `state.mine`, in its order. */
  unread: readonly number[];
  onOpen(conversation_id: string): void;
}

export function Lists({ desk, state, unread, onOpen }: ListsProps) {
  const now_ms = useNow(1000);
  const { ticketOf, team } = useStore(desk.overview.state);
  const me = team?.find((one) => one.agent_id === desk.me);
  const held = state.mine?.filter((item) => !item.snoozed_until) ?? null;
  const snoozed = state.mine?.filter((item) => item.snoozed_until) ?? [];
  const longest = longestWaiting(state.mine ?? []);
  const of = (item: QueueItem) => ({
    item,
    now_ms,
    ticket: ticketOf[item.conversation_id],
    isOpen: item.conversation_id === state.openId,
    onOpen: () => onOpen(item.conversation_id),
  });
  return (
    <nav class="desk-lists">
      <AlertList desk={desk} onOpen={onOpen} />
      <Part id="mine" title={words.mine} count={me ? `${me.load}/${me.capacity}` : (held?.length ?? "")}>
        <WrapUpList desk={desk} />
        <List items={held} empty={words.mineEmpty} hint={words.mineEmptyHint}>
          {(item) => {
            const index = state.mine?.indexOf(item) ?? 0;
            return (
              <MineItem
                {...of(item)}
                number={index + 1}
                unread={unread[index] ?? 0}
                isLongest={item.conversation_id === longest}
              />
            );
          }}
        </List>
      </Part>
      {snoozed.length > 0 && (
        <Part id="snoozed" title={asideWords.list} count={snoozed.length}>
          <List items={snoozed} empty="" hint="">
            {(item) => <SnoozedItem {...of(item)} />}
          </List>
        </Part>
      )}
      <Part id="queue" title={words.queue} count={state.queue?.length ?? ""}>
        <List items={state.queue} empty={words.queueEmpty} hint={words.queueEmptyHint}>
          {(item) => <WaitingItem {...of(item)} />}
        </List>
      </Part>
    </nav>
  );
}

interface PartProps {
  id: string;
  title: string;
  count: string | number;
  children: preact.ComponentChildren;
}

function Part({ id, title, count, children }: PartProps) {
  return (
    <section aria-labelledby={`${id}-title`}>
      <h2 id={`${id}-title`}>
        {title} <span class="count">{count}</span>
      </h2>
      {children}
    </section>
  );
}

interface ListProps {
  items: readonly QueueItem[] | null;
  empty: string;
  hint: string;
  children(item: QueueItem): ComponentChild;
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
      {items.map((item) => (
        <li key={item.conversation_id}>{children(item)}</li>
      ))}
    </ol>
  );
}

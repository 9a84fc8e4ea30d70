/** What the desk knows at a moment, and what can be done with a conversation. */
import type { ConversationDetail, Presence, QueueItem } from "../shared/api/types";
import type { LiveState } from "../shared/live/connection";
import type { Staff } from "../shared/staff/session";
import type { Store } from "../shared/store";
import { desk as words } from "../shared/words/desk";
import { leadWords } from "../shared/words/flow";
import type { Notices } from "./notices";
import type { Offers } from "./offers";
import type { Outboxes } from "./outboxes";
import type { Overview } from "./overview";
import type { LastRead } from "./unread";
import type { WrapUps } from "./wrap-ups";

export interface DeskState {
  /** Null before the first answer. */
  queue: readonly QueueItem[] | null;
  mine: readonly QueueItem[] | null;
  loadError: unknown;
  openId: string | null;
  details: Readonly<Record<string, ConversationDetail>>;
  /** Why a conversation cannot be shown, by id. */
  detailErrors: Readonly<Record<string, unknown>>;
  lastRead: LastRead;
  presence: Presence;
  /** Whether somebody else than this page has changed it last. */
  isPresenceChanged: boolean;
  live: LiveState;
  /** Conversation on which something is being done right now. */
  busyId: string | null;
}

/** What reading and handling share with the desk. */
export interface DeskParts {
  readonly me: string;
  readonly staff: Staff;
  readonly state: Store<DeskState>;
  readonly notices: Notices;
  readonly offers: Offers;
  readonly overview: Overview;
  readonly wrapUps: WrapUps;
  readonly outboxes: Outboxes;
  /** Under which name the browser keeps something of this agent. */
  key(name: string): string;
  /** Show a conversation, or none. */
  open(conversation_id: string | null): void;
  /** Listen to what is held and shown now. */
  follow(): void;
}

/** Changes of who has a conversation. What gives it away leaves it. */
export type Move = "claim" | "pull" | "push" | "return-to-bot" | "transfer" | "close";
/** Changes that leave it where it is. */
export type Act = "snooze" | "wake" | "join" | "leave" | "whisper";

export interface DoneAnswer {
  version: number;
  seq?: number;
  wrap_up_until?: string;
}

/** Said once it is done. */
export const doneWords: Record<Exclude<Move, "claim">, string> = {
  pull: leadWords.pulled,
  push: leadWords.pushed,
  "return-to-bot": words.returned,
  transfer: words.transferred,
  close: words.closed,
};

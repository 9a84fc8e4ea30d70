/**
 * What the gateway sends and takes, as the pages see it.
 *
 * Names are the ones on the wire. Nothing here is computed; wording lives in `shared/words`.
 */

export type Owner = "bot" | "waiting" | "human" | "closed";
export type Author = "customer" | "bot" | "agent" | "system";
export type Role = "agent" | "senior_agent" | "supervisor" | "trainer" | "administrator" | (string & {});

export interface Choice {
  /** Opaque to the page; only the gateway knows what it stands for. Absent on the desk. */
  id?: string;
  label: string;
}

export interface Card {
  kind: string;
  title: string;
  rows?: { label: string; value: string }[];
  note?: string | null;
}

export interface Message {
  seq: number;
  author: Author;
  author_name?: string | null;
  text: string;
  choices?: Choice[] | null;
  cards?: Card[] | null;
  at: string;
  /** The id under which a page sent it. */
  client_msg_id?: string | null;
}

export interface ChatUpdate {
  messages: Message[];
  owner: Owner;
  /** Place in the queue, 1 = next; null when not waiting. */
  position: number | null;
  /** Expected seconds until a person takes over; null while nobody who can is there, or when not waiting. */
  estimated_wait_s?: number | null;
  agent_name?: string | null;
  agent_presence?: Presence | null;
  ticket?: CustomersTicket | null;
}

/** What people are doing for the customer, as the customer sees it. */
export interface CustomersTicket {
  number: string;
  status: string;
  status_text: string;
  /** Masked; null until the customer left one. */
  contact: string | null;
}

export interface DemoCustomer {
  customer_id: string;
  name: string;
  story: string;
  identity_token: string;
}

export interface Agent {
  agent_id: string;
  login: string;
  name: string;
  role: Role;
  presence?: Presence;
}

export interface Session {
  csrf: string;
  agent: Agent;
}

export interface QueueItem {
  conversation_id: string;
  channel: string;
  owner: Owner;
  version: number;
  customer: { name: string | null; grade: string | null } | null;
  verified: boolean;
  reason: string | null;
  skill: string | null;
  priority: number | string | null;
  waiting_since: string | null;
  summary: string | null;
  last_seq?: number;
  last_text: string | null;
  last_author: Author | null;
  last_at: string | null;
  agent_name?: string | null;
  /** Until when its agent put it aside. */
  snoozed_until?: string | null;
  language?: string | null;
}

/** A waiting conversation that this agent is asked to take; taking it is claiming it at its version. */
export interface Offer {
  offer_id: string;
  offered_at: string;
  due_at: string;
  seconds_left: number;
  conversation: QueueItem;
}

export interface Note {
  note_id: string;
  /** A whisper is a supervisor's word to the agent. */
  kind?: "note" | "whisper" | (string & {});
  author_name: string;
  text: string;
  at: string;
}

/** The context card. Its inner lists are shown, never computed with, so their items stay unknown. */
export interface HandoffContext {
  reason?: string | null;
  requested_by?: string | null;
  skill?: string | null;
  priority?: number | string | null;
  summary?: string | null;
  verified?: boolean;
  channel?: string | null;
  intent_history?: unknown[];
  entities?: unknown;
  slots?: unknown;
  tried?: unknown[];
  failed_actions?: unknown[];
  orders?: unknown[];
  blocks?: unknown[];
  verification_attempts?: unknown[];
  grants?: unknown[];
  amends?: unknown;
  mood?: unknown;
  previous_conversations?: unknown[];
  suggested_next_step?: string | null;
  waiting_since?: string | null;
}

export interface OrderSummary {
  order_id: string;
  ordered_at: string;
  status: string;
  status_label?: string;
  summary: string;
  paid_krw?: number;
  /** What happened to the order: a return under way first, then the last events. */
  notes?: string[];
}

export interface CustomerPanel {
  name: string | null;
  phone: string | null;
  address?: string | null;
  grade: string | null;
  joined_at: string | null;
  recent_orders: OrderSummary[];
}

export interface ConversationDetail {
  conversation_id: string;
  owner: Owner;
  version: number;
  channel: string;
  agent: { agent_id: string; name: string } | null;
  /** Supervisors who take part beside the agent. */
  /** The customer has seen every message up to here. */
  read_up_to?: number | null;
  /** Messages that the channel has not taken yet, or never will. */
  undelivered?: { seq: number; failed_at: string | null }[];
  participants?: { agent_id: string; name: string }[];
  snoozed_until?: string | null;
  messages: Message[];
  notes: Note[];
  context: HandoffContext | null;
  customer: CustomerPanel | null;
}

export interface Winner {
  owner: Owner;
  agent_name: string | null;
  version: number;
}

export type Presence = "online" | "away" | "offline";

export interface Intent {
  id: string;
  ko: string;
  means: string;
}

export interface Candidate {
  candidate_id: string;
  text: string;
  ranking: { intent: string; ko: string; confidence: number }[];
  count: number;
  at: string;
}

export type TrainingPhase = "idle" | "training" | "switching" | "done" | "failed";

export interface Training {
  state: TrainingPhase;
  step: string | null;
  /** 0–1. */
  progress: number | null;
  model_id: string | null;
  error: string | null;
  started_at: string | null;
  finished_at: string | null;
}

export interface Model {
  model_id: string;
  created_at: string;
  active: boolean;
  accuracy: number | null;
}

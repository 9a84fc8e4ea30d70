/** Who takes what, and how long customers may wait: colleagues, tickets with their clocks, promises, alerts, hours. */
import type { Message, Presence, Role } from "./types";

export interface Colleague {
  agent_id: string;
  name: string;
  role: Role;
  presence: Presence;
  /** Whether they can be asked to take something now. */
  is_present: boolean;
  team: string | null;
  skills: string[];
  languages: string[];
  capacity: number;
  load: number;
}

export type TicketType = "question" | "request" | "problem" | "complaint";
export type TicketStatus = "new" | "open" | "pending" | "resolved" | "merged";
export type ClockKind = "first_response" | "next_response" | "resolution";

export interface SlaClock {
  kind: ClockKind;
  round: number;
  state: "running" | "paused" | "done";
  target_s: number;
  /** Open time up to `running_since`. */
  spent_s: number;
  running_since: string | null;
  due_at: string | null;
  done_at: string | null;
  breached: boolean | null;
}

export interface Analysis {
  cause: string;
  contributing_factor: string;
  action_taken: string;
  by: string;
  at: string;
}

export interface Ticket {
  number: string;
  conversation_id: string;
  customer_id: string | null;
  type: TicketType;
  status: TicketStatus;
  skill: string;
  version: number;
  agent_id: string | null;
  tags: string[];
  contact: { kind: "phone" | "email"; masked: string } | null;
  analysis: Analysis | null;
  merged_into: string | null;
  opened_at: string;
  updated_at: string;
  resolved_at: string | null;
  due_at: string | null;
  clocks: SlaClock[];
}

export interface PromiseMade {
  promise_id: string;
  number: string;
  conversation_id: string;
  kind: "callback" | "follow_up";
  status: "planned" | "due" | "done" | "cancelled";
  due_at: string;
  note: string;
  agent_id: string | null;
  skill: string;
  version: number;
  outcome: string | null;
  ticket?: Ticket;
}

export interface TicketDetail extends Ticket {
  agent_name: string | null;
  events: { kind?: string; at: string; actor?: string }[];
  promises: PromiseMade[];
  merged: { ticket: Ticket; messages: Message[] }[];
}

export interface TicketPolicy {
  targets_min: Record<TicketType, Record<ClockKind, number>>;
  causes: Record<string, string>;
}

export interface DeskAlert {
  alert_id: string;
  kind: "sla_warning" | "sla_breach" | "sla_escalation" | "promise_due";
  number: string;
  conversation_id: string;
  at: string;
  detail: { clock?: ClockKind; percent?: number; due_at?: string | null; kind?: PromiseMade["kind"] };
  ticket: Ticket;
}

export interface TeamHours {
  team: string;
  name: string;
  skills: string[];
  version: number;
  week: Record<string, string[]>;
  holidays: "closed" | "open";
  closed_days: string[];
  is_open?: boolean;
  opens_at?: string;
  opens_text?: string;
}

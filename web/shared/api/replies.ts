/** Prepared words, suggested replies, ratings, and what did not reach customers, as the pages see them. */

export interface Macro {
  macro_id: string;
  name: string;
  text: string;
  skill: string | null;
  intents: string[];
  version: number;
}

export interface FilledMacro {
  text: string;
  /** Names still in braces. */
  missing: string[];
  macro: Macro;
}

export interface Suggestion {
  kind: "macro" | "solved";
  text: string;
  missing: string[];
  /** Something of another customer was taken out and has to be written anew. */
  has_gaps: boolean;
  score: number;
  source: { macro_id?: string; name?: string; conversation_id?: string; date?: string };
}

export interface RatingSaid {
  rating: { score: number; words: string | null; at: string } | null;
  may_rate: boolean;
}

export interface DeskRating {
  conversation_id: string;
  score: number;
  words: string | null;
  at: string;
  channel: string;
  skill: string | null;
  agent_name: string | null;
  ticket_number: string | null;
}

/** A message that its channel has not taken; what it says is read in the conversation. */
export interface Undelivered {
  conversation_id: string;
  seq: number;
  channel: string;
  state: string;
  written_at: string;
  waited_s: number;
  tries: number;
  next_try_at: string | null;
  failed_at: string | null;
  error: string | null;
}

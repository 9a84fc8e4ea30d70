/** What a customer's tab keeps over a reload: which conversation, the words not yet sent, the draft. */

import type { Outgoing } from "../shared/chat/outbox";
import { forgetAll, recall, remember } from "../shared/keep";

export interface ChatSession {
  conversation_id: string;
  token: string;
}

const KEY = "chat";
export const DRAFT_KEY = `${KEY}:draft`;

export function findSession(): ChatSession | null {
  const kept = recall<ChatSession>(`${KEY}:session`);
  return kept?.conversation_id && kept.token ? kept : null;
}

export function keepSession(session: ChatSession): void {
  remember(`${KEY}:session`, session);
}

export function keepOutgoing(items: readonly Outgoing[]): void {
  remember(`${KEY}:outgoing`, items.length ? items : null);
}

export function findOutgoing(): Outgoing[] {
  return recall<Outgoing[]>(`${KEY}:outgoing`) ?? [];
}

export function forgetSession(): void {
  forgetAll(`${KEY}:`);
}

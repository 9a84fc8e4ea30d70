/** Messages and notes of a conversation as one list in order of time: pure. */
import type { Message, Note } from "../shared/api/types";

export type Entry = { kind: "message"; message: Message; index: number } | { kind: "note"; note: Note };

/** Notes stand after the messages of the same moment; messages keep their order. */
export function timeline(messages: readonly Message[], notes: readonly Note[]): Entry[] {
  const waiting = [...notes].sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
  const entries: Entry[] = [];
  messages.forEach((message, index) => {
    while (waiting[0] && Date.parse(waiting[0].at) < Date.parse(message.at)) push(entries, waiting);
    entries.push({ kind: "message", message, index });
  });
  while (waiting[0]) push(entries, waiting);
  return entries;
}

function push(entries: Entry[], waiting: Note[]): void {
  const note = waiting.shift();
  if (note) entries.push({ kind: "note", note });
}

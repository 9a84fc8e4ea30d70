/**
 * The context card's lists as lines to read: pure. What the bot and the shop put into them may grow, so every line
 * is made from what is there, and an unknown shape is shown plainly rather than dropped.
 */
import { dayAndTime, dayOf, percent } from "../shared/format";
import { channelName } from "../shared/words/desk";
import { intentName } from "../shared/words/intents";
import {
  actionNames,
  blockReasons,
  causeNames,
  entityNames,
  grantKinds,
  resultNames,
  statusNames,
} from "../shared/words/shop";

export interface Line {
  main: string;
  more?: string;
  /** Worth a second look: a failed try, a block that holds. */
  isAlarming?: boolean;
}

type Fields = Record<string, unknown>;

/** Of what happened to an order: a return under way stands first. */
const NOTES_SHOWN = 3;

/** What the customer wanted, in order, the same thing in a row once. */
export function intentLines(history: readonly unknown[]): Line[] {
  const lines = history.map((entry): Line => {
    const fields = asFields(entry);
    const id = typeof entry === "string" ? entry : text(fields, "intent");
    const confidence = fields["confidence"];
    const main = text(fields, "ko") || intentName(id);
    return typeof confidence === "number" ? { main, more: percent(confidence) } : { main };
  });
  return lines.filter((line, index) => line.main && line.main !== lines[index - 1]?.main);
}

/** Actions as words, each once, with how often. */
export function actionLines(names: readonly unknown[]): Line[] {
  const counts = new Map<string, number>();
  for (const name of names) {
    const id = typeof name === "string" ? name : text(asFields(name), "action") || plain(name);
    if (id in actionNames && actionNames[id] === "") continue;
    const main = actionNames[id] ?? id;
    counts.set(main, (counts.get(main) ?? 0) + 1);
  }
  return [...counts].map(([main, count]) => (count > 1 ? { main, more: `${count}번` } : { main }));
}

/** What the customer named: order numbers, products, dates, each once. */
export function entityLines(entities: unknown): Line[] {
  const list = Array.isArray(entities) ? entities : [];
  const lines = list.map((entity): Line => {
    const fields = asFields(entity);
    const kind = text(fields, "entity");
    return { main: text(fields, "text") || text(fields, "value"), more: entityNames[kind] ?? kind };
  });
  return lines.filter(
    (line, index) =>
      line.main && lines.findIndex((other) => other.main === line.main && other.more === line.more) === index,
  );
}

export function orderLine(order: unknown): Line {
  const fields = asFields(order);
  const status = text(fields, "status_label") || named(statusNames, text(fields, "status"));
  const main = text(fields, "summary") || text(fields, "order_id") || plain(order);
  const notes = Array.isArray(fields["notes"]) ? fields["notes"].slice(0, NOTES_SHOWN).map(String) : [];
  const delivery = asFields(fields["delivery"]);
  const flags = delivery["flags"];
  const line = text(delivery, "line");
  const more = joined([status, text(fields, "order_id"), on(fields, "ordered_at", dayOf), line, ...notes]);
  return Array.isArray(flags) && flags.length > 0 ? { main, more, isAlarming: true } : { main, more };
}

export function blockLine(block: unknown): Line {
  const fields = asFields(block);
  const main = named(blockReasons, text(fields, "reason")) || plain(block);
  const isOver = fields["is_active"] === false || Boolean(fields["released_at"]);
  const until = on(fields, "auto_release_at", dayAndTime);
  const more = isOver ? "풀림" : until ? `${until}에 풀려요` : "직접 풀어야 해요";
  return { main, more, isAlarming: !isOver };
}

export function attemptLine(attempt: unknown): Line {
  const fields = asFields(attempt);
  const result = text(fields, "result");
  const main = joined([text(fields, "method"), named(resultNames, result)], " ") || plain(attempt);
  const cause = named(causeNames, text(fields, "cause"));
  return {
    main,
    more: joined([cause, text(fields, "carrier"), on(fields, "at", dayAndTime)]),
    isAlarming: result === "failure",
  };
}

export function grantLine(grant: unknown): Line {
  const fields = asFields(grant);
  const amount = typeof fields["amount_krw"] === "number" ? `${fields["amount_krw"].toLocaleString("ko-KR")}원` : "";
  const rate = typeof fields["rate_percent"] === "number" ? `${fields["rate_percent"]}%` : "";
  const main = joined([named(grantKinds, text(fields, "kind")), amount, rate], " ") || plain(grant);
  return { main, more: joined([text(fields, "order_id"), on(fields, "at", dayOf)]) };
}

export function previousLine(conversation: unknown): Line {
  const fields = asFields(conversation);
  const at = on(fields, "created_at", dayAndTime) || on(fields, "at", dayAndTime);
  const channel = text(fields, "channel");
  const main = text(fields, "summary") || joined([at, channel && channelName(channel)]) || plain(conversation);
  return text(fields, "summary") && at ? { main, more: at } : { main };
}

/** `매우 화남`, `조금 급함`; empty when nothing is known or all is calm. */
export function moodWords(mood: unknown): string {
  if (typeof mood === "string") return mood;
  const fields = asFields(mood);
  return joined([degree(fields["anger"], "화가 나 있어요"), degree(fields["urgency"], "급해요")]);
}

function degree(value: unknown, word: string): string {
  if (typeof value !== "number" || value < 0.35) return "";
  return value >= 0.7 ? `많이 ${word}` : `조금 ${word}`;
}

function asFields(value: unknown): Fields {
  return typeof value === "object" && value !== null ? (value as Fields) : {};
}

function text(fields: Fields, name: string): string {
  const value = fields[name];
  if (typeof value === "string") return value;
  return typeof value === "number" ? String(value) : "";
}

function on(fields: Fields, name: string, write: (at: string) => string): string {
  const at = text(fields, name);
  return at ? write(at) : "";
}

function named(names: Readonly<Record<string, string>>, id: string): string {
  return names[id] ?? id;
}

function joined(parts: string[], between = " · "): string {
  return parts.filter(Boolean).join(between);
}

function plain(value: unknown): string {
  if (typeof value === "string") return value;
  const values = Object.values(asFields(value)).filter((part) => typeof part === "string" || typeof part === "number");
  return values.join(" · ");
}

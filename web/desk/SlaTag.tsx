/** The clock that runs out next: how long is left, in words, with a mark and a colour that say how serious it is. */
import type { SlaClock, Ticket } from "../shared/api/flow";
import { clockState, nextClock } from "./sla";

export function SlaTag({ ticket, now_ms }: { ticket: Ticket | undefined; now_ms: number }) {
  const clock = ticket && nextClock(ticket);
  return clock ? <ClockTag clock={clock} now_ms={now_ms} /> : null;
}

export function ClockTag({ clock, now_ms }: { clock: SlaClock; now_ms: number }) {
  const { level, words } = clockState(clock, now_ms);
  return (
    <span class={`tag sla ${level}`} data-testid="sla" data-level={level}>
      {words}
    </span>
  );
}

/** The moment, ticking, by the gateway's clock: a demo may run on another day, a desk's own clock may be wrong. */
import { useEffect, useState } from "preact/hooks";

let ahead_ms = 0;

/** Learn once how far the gateway's clock is from this browser's. Staying at zero is fine. */
export async function learnClock(): Promise<void> {
  try {
    // A gateway that is not well tells the time all the same.
    const answer = await fetch("/api/health", { cache: "no-store" });
    const { clock } = (await answer.json()) as { clock?: string };
    const there_ms = Date.parse(clock ?? "");
    if (!Number.isNaN(there_ms)) ahead_ms = there_ms - Date.now();
  } catch {
    // Waiting times are then shown by this browser's clock.
  }
}

/** The present moment, once. */
export function momentNow(): number {
  return Date.now() + ahead_ms;
}

/** Return the present moment and draw again every `every_ms`. */
export function useNow(every_ms: number): number {
  const [now_ms, setNow] = useState(() => momentNow());
  useEffect(() => {
    const timer = setInterval(() => setNow(momentNow()), every_ms);
    return () => clearInterval(timer);
  }, [every_ms]);
  return now_ms;
}

/** Return this browser's own moment and draw again every `every_ms`: for spans counted down here. */
export function useTick(every_ms: number): number {
  const [now_ms, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), every_ms);
    return () => clearInterval(timer);
  }, [every_ms]);
  return now_ms;
}

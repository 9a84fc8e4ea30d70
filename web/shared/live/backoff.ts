/**
 * How long to wait before trying again: exponential with full jitter, so that a thousand pages
 * that lost the same gateway do not come back in the same instant.
 *
 * Source: M. Brooker, "Exponential Backoff and Jitter", AWS Architecture Blog, 2015.
 */

const BASE_MS = 400;
/** A gateway that restarts is back in seconds: the first tries must not sleep through that. */
const CAP_MS = 2_500;
/** After this many tries it is an outage, and patience costs less than asking. */
const PATIENT_AFTER = 20;
const PATIENT_CAP_MS = 20_000;
const FLOOR_MS = 150;

/** Return the wait before attempt number `attempt` (0 = first retry), given a random number in [0, 1). */
export function backoffMs(attempt: number, random: number): number {
  const ceiling = attempt < PATIENT_AFTER ? Math.min(CAP_MS, BASE_MS * 2 ** attempt) : PATIENT_CAP_MS;
  return Math.max(FLOOR_MS, Math.round(ceiling * random));
}

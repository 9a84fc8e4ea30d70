/**
 * What a tab remembers over a reload: session storage, so nothing of one customer is left on a shared computer
 * once the tab is closed. Storage may be full or forbidden; the page then works on without it.
 */

const PREFIX = "ieum:";

export function remember(key: string, value: unknown): void {
  try {
    if (value === null || value === undefined) sessionStorage.removeItem(PREFIX + key);
    else sessionStorage.setItem(PREFIX + key, JSON.stringify(value));
  } catch {
    // Full or forbidden: the page keeps its state in memory.
  }
}

/** Return what was remembered, or null. The shape is whatever an earlier version of the page wrote. */
export function recall<T>(key: string): T | null {
  try {
    const kept = sessionStorage.getItem(PREFIX + key);
    return kept === null ? null : (JSON.parse(kept) as T);
  } catch {
    return null;
  }
}

export function forgetAll(prefix: string): void {
  try {
    for (const key of Object.keys(sessionStorage)) {
      if (key.startsWith(PREFIX + prefix)) sessionStorage.removeItem(key);
    }
  } catch {
    // Nothing was kept.
  }
}

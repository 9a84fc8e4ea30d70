/** Something fetched for a page of staff: loading, failed, or here; asked again at will and every so often. */
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import type { Staff } from "./session";

export interface Loaded<T> {
  /** Null before the first answer; the last answer stays while it is asked again. */
  value: T | null;
  error: unknown;
  reload(): Promise<void>;
  /** Take what another call answered, without asking again. */
  put(value: T): void;
}

/** Fetch `path` now, when it changes, on `reload`, and every `every_ms` unless that is 0. Null fetches nothing. */
export function useLoad<T>(staff: Staff, path: string | null, every_ms = 0): Loaded<T> {
  const [state, setState] = useState<{ path: string | null; value: T | null; error: unknown }>({
    path,
    value: null,
    error: null,
  });
  const asked = useRef(0);

  const reload = useCallback(async () => {
    if (path === null) return;
    asked.current += 1;
    const mine = asked.current;
    try {
      const value = await staff.call<T>("GET", path);
      if (mine === asked.current) setState({ path, value, error: null });
    } catch (error) {
      if (mine === asked.current)
        setState((before) => ({ path, value: before.path === path ? before.value : null, error }));
    }
  }, [staff, path]);

  useEffect(() => {
    void reload();
    const timer = every_ms > 0 ? setInterval(() => void reload(), every_ms) : undefined;
    return () => {
      clearInterval(timer);
      asked.current += 1;
    };
  }, [reload, every_ms]);

  const put = useCallback(
    (value: T) => {
      asked.current += 1;
      setState({ path, value, error: null });
    },
    [path],
  );
  const isCurrent = state.path === path;
  return { value: isCurrent ? state.value : null, error: isCurrent ? state.error : null, reload, put };
}

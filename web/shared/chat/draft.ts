/** A draft that outlives its typing box: kept with the tab, one for each key. */
import { useCallback, useState } from "preact/hooks";
import { recall, remember } from "../keep";

export type SetDraft = (next: string | ((current: string) => string)) => void;

/** Return the draft and the way to change it. Another key is another component: give it a `key`. */
export function useDraft(key: string): [string, SetDraft] {
  const [text, setText] = useState(() => recall<string>(key) ?? "");
  const change = useCallback<SetDraft>(
    (next) =>
      setText((current) => {
        const changed = typeof next === "function" ? next(current) : next;
        remember(key, changed || null);
        return changed;
      }),
    [key],
  );
  return [text, change];
}

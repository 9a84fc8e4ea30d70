/** Prepared words for the reply: opened by `/`, searched by what follows it, chosen with the arrows and Enter. */
import { useEffect, useState } from "preact/hooks";
import type { Macro } from "../shared/api/replies";
import { useLoad } from "../shared/staff/load";
import type { Staff } from "../shared/staff/session";
import { skillName } from "../shared/words/desk";
import { replyWords as words } from "../shared/words/replies";

const SEARCH_AFTER_MS = 150;
const SHOWN = 6;

/** What is looked for: the text after the `/` that a reply begins with; null when it does not. */
export function macroQuery(reply: string): string | null {
  const found = /^\/([^\n]{0,60})$/.exec(reply);
  return found ? (found[1] ?? "").trim() : null;
}

/** The next place in a list that goes round. */
export function stepped(at: number, by: number, length: number): number {
  return length === 0 ? 0 : (at + by + length) % length;
}

export interface MacroSearch {
  found: readonly Macro[];
  isLoading: boolean;
}

export function useMacros(staff: Staff, query: string | null, skill: string | null): MacroSearch {
  const [asked, setAsked] = useState<string | null>(null);
  useEffect(() => {
    const timer = setTimeout(() => setAsked(query), query ? SEARCH_AFTER_MS : 0);
    return () => clearTimeout(timer);
  }, [query]);
  const search = new URLSearchParams({ ...(asked ? { q: asked } : {}), ...(skill ? { skill } : {}) });
  const loaded = useLoad<{ macros: Macro[] }>(staff, asked === null ? null : `/api/desk/macros?${search}`);
  return { found: (loaded.value?.macros ?? []).slice(0, SHOWN), isLoading: !loaded.value && loaded.error === null };
}

export interface MacroListProps {
  id: string;
  search: MacroSearch;
  at: number;
  onPick(macro: Macro): void;
}

export function MacroList({ id, search, at, onPick }: MacroListProps) {
  const { found, isLoading } = search;
  return (
    <div class="macro-list">
      <div id={id} role="listbox" aria-label={words.macros}>
        {found.map((macro, index) => (
          <div
            key={macro.macro_id}
            id={`${id}-${index}`}
            role="option"
            tabIndex={-1}
            class="macro"
            data-testid="macro"
            aria-selected={index === at}
            onMouseDown={(event) => {
              event.preventDefault();
              onPick(macro);
            }}
          >
            <strong>{macro.name}</strong>
            {macro.skill && <span class="tag">{skillName(macro.skill)}</span>}
            <span class="macro-text">{macro.text}</span>
          </div>
        ))}
      </div>
      {found.length === 0 && <p class="quiet">{isLoading ? words.macrosLoading : words.macrosEmpty}</p>}
    </div>
  );
}

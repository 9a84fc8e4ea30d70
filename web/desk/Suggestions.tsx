/** Replies that fit what the customer said last, each with where it comes from; taking one only fills the reply box. */
import { useState } from "preact/hooks";
import type { Suggestion } from "../shared/api/replies";
import { recall, remember } from "../shared/keep";
import { useLoad } from "../shared/staff/load";
import type { Staff } from "../shared/staff/session";
import { sourceWords, replyWords as words } from "../shared/words/replies";

const SHOWN = 3;
const FOLDED = "desk:suggestions-folded";

export interface SuggestionsProps {
  staff: Staff;
  conversation_id: string;
  /** The customer's last message: another one asks anew. */
  asked_seq: number;
  onUse(text: string): void;
}

export function Suggestions({ staff, conversation_id, asked_seq, onUse }: SuggestionsProps) {
  const [isFolded, setFolded] = useState(() => recall<boolean>(FOLDED) ?? false);
  const path = `/api/desk/conversations/${encodeURIComponent(conversation_id)}/suggestions?after=${asked_seq}`;
  const loaded = useLoad<{ suggestions: Suggestion[] }>(staff, isFolded ? null : path);
  const shown = (loaded.value?.suggestions ?? []).slice(0, SHOWN);
  if (!isFolded && shown.length === 0) return null;
  return (
    <section class="suggested" aria-label={words.suggestions} data-testid="suggestions">
      <p class="suggested-head">
        <span class="quiet">{words.suggestions}</span>
        <button
          type="button"
          class="link"
          aria-expanded={!isFolded}
          onClick={() => {
            setFolded(!isFolded);
            remember(FOLDED, !isFolded);
          }}
        >
          {isFolded ? words.show : words.hide}
        </button>
      </p>
      {!isFolded && (
        <ul>
          {shown.map((one, index) => (
            <li key={index}>
              <button type="button" class="suggested-item" data-testid="suggested" onClick={() => onUse(one.text)}>
                <span class="suggested-text">{one.text}</span>
                <span class="suggested-source">
                  {sourceWords(one)}
                  {(one.has_gaps || one.missing.length > 0) && (
                    <strong> · ! {one.missing.length > 0 ? words.missing(one.missing) : words.gaps}</strong>
                  )}
                </span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

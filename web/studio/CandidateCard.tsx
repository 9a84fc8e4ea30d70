/** One utterance: the bot's guesses as buttons, all intents to search, or not to be learnt at all. */
import { useEffect, useRef, useState } from "preact/hooks";
import type { Candidate, Intent } from "../shared/api/types";
import { percent } from "../shared/format";
import { countWords, sureness, studio as words } from "../shared/words/studio";
import { findIntents } from "./search";
import type { Studio } from "./studio";

export interface CandidateCardProps {
  studio: Studio;
  candidate: Candidate;
  intents: readonly Intent[];
  isBusy: boolean;
  isSearching: boolean;
  onSearch(isOn: boolean): void;
}

export function CandidateCard({ studio, candidate, intents, isBusy, isSearching, onSearch }: CandidateCardProps) {
  const choose = (intent: Pick<Intent, "id" | "ko">) => {
    onSearch(false);
    void studio.label(candidate, { means: "", ...intent }, `“${candidate.text}” → ${intent.ko} · ${words.labelled}`);
  };
  const countNote = countWords(candidate.count);
  return (
    <li class="candidate" data-testid="candidate" data-candidate={candidate.candidate_id}>
      <p class="candidate-text">
        “{candidate.text}” {countNote && <span class="tag">{countNote}</span>}
      </p>
      <ul class="guesses" aria-label={words.guesses}>
        {candidate.ranking.map((guess) => (
          <li key={guess.intent}>
            <button
              type="button"
              class="guess"
              data-testid="intent-option"
              data-intent={guess.intent}
              disabled={isBusy}
              title={intents.find((intent) => intent.id === guess.intent)?.means}
              onClick={() => choose({ id: guess.intent, ko: guess.ko })}
            >
              <strong>{guess.ko}</strong>
              <span class="quiet">
                {sureness(guess.confidence)} {percent(guess.confidence)}
              </span>
            </button>
          </li>
        ))}
      </ul>
      <div class="candidate-more">
        <button
          type="button"
          class="button small"
          data-testid="other-intent"
          aria-expanded={isSearching}
          disabled={isBusy}
          onClick={() => onSearch(!isSearching)}
        >
          {isSearching ? words.otherClose : words.other}
        </button>
        <button
          type="button"
          class="link"
          data-testid="dismiss"
          title={words.dismissHint}
          disabled={isBusy}
          onClick={() => void studio.dismiss(candidate, words.dismissed)}
        >
          {words.dismiss}
        </button>
      </div>
      {isSearching && <IntentSearch intents={intents} onChoose={choose} onClose={() => onSearch(false)} />}
    </li>
  );
}

interface IntentSearchProps {
  intents: readonly Intent[];
  onChoose(intent: Intent): void;
  onClose(): void;
}

function IntentSearch({ intents, onChoose, onClose }: IntentSearchProps) {
  const [query, setQuery] = useState("");
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  const found = findIntents(intents, query);
  return (
    <div class="intent-search">
      <label class="field">
        <span>{words.search}</span>
        <input
          ref={field}
          type="search"
          data-testid="intent-search"
          placeholder={words.searchPlaceholder}
          value={query}
          onInput={(event) => setQuery(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === "Escape" && !event.isComposing) onClose();
          }}
        />
      </label>
      {found.length === 0 && <p class="quiet">{words.searchNone}</p>}
      <ul class="intents">
        {found.map((intent) => (
          <li key={intent.id}>
            <button
              type="button"
              class="intent"
              data-testid="intent-option"
              data-intent={intent.id}
              onClick={() => onChoose(intent)}
            >
              <strong>{intent.ko}</strong>
              <span class="quiet">{intent.means}</span>
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}

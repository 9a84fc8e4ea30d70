/** After a talk with a person has ended: how it was, from 1 to 5, with words if the customer likes. */
import { useEffect, useState } from "preact/hooks";
import type { RatingSaid } from "../shared/api/replies";
import { errorWords } from "../shared/words/errors";
import { ratingWords as words } from "../shared/words/replies";
import type { Conversation } from "./conversation";

const SCORES = [1, 2, 3, 4, 5] as const;
/** Up to here somebody looks after it. */
const LOW_UP_TO = 3;

export function RatingCard({ conversation }: { conversation: Conversation }) {
  const [said, setSaid] = useState<RatingSaid | null>(null);
  const [score, setScore] = useState<number | null>(null);
  const [text, setText] = useState("");
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);

  useEffect(() => {
    // Whoever cannot rate is not asked; neither is anybody while it is not known.
    conversation.findRating().then(setSaid, () => undefined);
  }, [conversation]);

  if (said?.rating && !said.may_rate) {
    return (
      <p class="rating-done" role="status" data-testid="rating-done">
        {said.rating.score <= LOW_UP_TO ? words.sorry : words.thanks}
      </p>
    );
  }
  if (!said?.may_rate) return null;
  const send = async () => {
    if (score === null) return;
    setBusy(true);
    setError(null);
    try {
      setSaid(await conversation.rate(score, text.trim()));
    } catch (failure) {
      setError(failure);
    }
    setBusy(false);
  };
  return (
    <form
      class="rating"
      data-testid="rating"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <fieldset>
        <legend>{words.ask}</legend>
        <div class="rating-scores">
          {SCORES.map((one) => (
            <label key={one} class={`rating-score${score === one ? " chosen" : ""}`}>
              <input
                type="radio"
                name="score"
                class="visually-hidden"
                checked={score === one}
                onChange={() => setScore(one)}
              />
              <span aria-hidden="true">{one}</span>
              <span class="visually-hidden">
                {one} {words.scores[one]}
              </span>
            </label>
          ))}
        </div>
        <p class="rating-ends quiet" aria-hidden="true">
          <span>{score === null ? words.low : `${score} ${words.scores[score]}`}</span>
          {score === null && <span>{words.high}</span>}
        </p>
      </fieldset>
      {score !== null && (
        <>
          <input
            class="input"
            aria-label={words.words}
            placeholder={words.words}
            maxLength={500}
            value={text}
            onInput={(event) => setText(event.currentTarget.value)}
          />
          {error !== null && (
            <p class="form-error" role="alert">
              {errorWords(error)}
            </p>
          )}
          <button type="submit" class="button primary" data-testid="rating-send" disabled={isBusy}>
            {words.send}
          </button>
        </>
      )}
    </form>
  );
}

/** Training as a trainer sees it: one button, how far it is, what came of it; and the models there are. */
import type { Model, Training } from "../shared/api/types";
import { dayAndTime, percent } from "../shared/format";
import { accuracyWords, labelledWords, resultWords, stepWords, studio as words } from "../shared/words/studio";
import { isRunning, type Studio, type StudioState } from "./studio";

export function TrainingPanel({ studio, state }: { studio: Studio; state: StudioState }) {
  const { training, labelledCount } = state;
  const isBusy = isRunning(training?.state);
  return (
    <section class="panel">
      <h2>{words.trainTitle}</h2>
      <p data-testid="labelled-count">{labelledWords(labelledCount)}</p>
      <button
        type="button"
        class="button primary wide"
        data-testid="train"
        disabled={isBusy || training === null}
        onClick={() => void studio.train()}
      >
        {words.train}
      </button>
      <p class="quiet">{words.trainHint}</p>
      <div data-testid="training-state" data-state={training?.state ?? "unknown"} role="status">
        {training && <TrainingState training={training} models={state.models} />}
      </div>
    </section>
  );
}

function TrainingState({ training, models }: { training: Training; models: readonly Model[] }) {
  if (isRunning(training.state)) {
    const progress = training.progress ?? 0;
    return (
      <div class="progress">
        <p>
          <strong>{training.state === "switching" ? words.switching : words.training}</strong>{" "}
          <span class="quiet">{percent(progress)}</span>
        </p>
        <progress max={1} value={progress} aria-label={words.training} />
        <p class="quiet">{stepWords(training)}</p>
      </div>
    );
  }
  if (training.state === "done") return <p class="notice good">✓ {resultWords(models)}</p>;
  if (training.state !== "failed") return null;
  return (
    <div class="notice error" role="alert">
      <p>! {words.failed}</p>
      {training.error && (
        <details>
          <summary>{words.failedMore}</summary>
          <p class="error-text">{training.error}</p>
        </details>
      )}
    </div>
  );
}

export function Models({ models }: { models: readonly Model[] }) {
  return (
    <section class="panel">
      <h2>{words.modelsTitle}</h2>
      {models.length === 0 && <p class="quiet">{words.modelsEmpty}</p>}
      <ul class="models">
        {models.map((model) => (
          <li key={model.model_id} data-testid="model" class={model.active ? "active" : ""} title={model.model_id}>
            <p>
              <strong>{dayAndTime(model.created_at)}</strong>{" "}
              {model.active && <span class="tag strong">✓ {words.inUse}</span>}
            </p>
            <p class="quiet">{accuracyWords(model.accuracy)}</p>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** The studio's state and what a trainer can do, without any drawing. */
import type { Candidate, Intent, Model, Training } from "../shared/api/types";
import type { Staff } from "../shared/staff/session";
import { Store } from "../shared/store";

export interface StudioState {
  candidates: readonly Candidate[] | null;
  intents: readonly Intent[];
  models: readonly Model[];
  training: Training | null;
  labelledCount: number;
  /** What was done last, told softly. */
  said: string;
  error: unknown;
  /** Candidates whose answer is on its way. */
  busy: ReadonlySet<string>;
}

const WATCH_EVERY_MS = 1_000;

export class Studio {
  readonly state = new Store<StudioState>({
    candidates: null,
    intents: [],
    models: [],
    training: null,
    labelledCount: 0,
    said: "",
    error: null,
    busy: new Set(),
  });
  readonly #staff: Staff;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(staff: Staff) {
    this.#staff = staff;
  }

  async load(): Promise<void> {
    try {
      const [{ intents }, training] = await Promise.all([
        this.#staff.call<{ intents: Intent[] }>("GET", "/api/studio/intents"),
        this.#staff.call<Training>("GET", "/api/studio/trainings/current"),
        this.#loadCandidates(),
        this.#loadModels(),
      ]);
      this.state.patch({ intents, training, error: null });
      this.#watchWhileRunning();
    } catch (error) {
      this.state.patch({ error });
    }
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  label(candidate: Candidate, intent: Intent, said: string): Promise<void> {
    return this.#settle(candidate, "label", { intent: intent.id }, said, 1);
  }

  dismiss(candidate: Candidate, said: string): Promise<void> {
    return this.#settle(candidate, "dismiss", {}, said, 0);
  }

  async train(): Promise<void> {
    try {
      await this.#staff.call("POST", "/api/studio/trainings", { body: {} });
      this.state.patch({ error: null });
    } catch (error) {
      this.state.patch({ error });
    }
    await this.#watch();
  }

  async #settle(candidate: Candidate, answer: string, body: object, said: string, counted: number): Promise<void> {
    const id = candidate.candidate_id;
    this.state.patch({ busy: new Set([...this.state.value.busy, id]), error: null });
    try {
      await this.#staff.call("POST", `/api/studio/candidates/${encodeURIComponent(id)}/${answer}`, { body });
      const { candidates, labelledCount } = this.state.value;
      const left = (candidates ?? []).filter((other) => other.candidate_id !== id);
      this.state.patch({ candidates: left, labelledCount: labelledCount + counted, said });
      if (left.length === 0) await this.#loadCandidates();
    } catch (error) {
      this.state.patch({ error });
    } finally {
      this.state.patch({ busy: new Set([...this.state.value.busy].filter((other) => other !== id)) });
    }
  }

  async #watch(): Promise<void> {
    try {
      const before = this.state.value.training?.state;
      const training = await this.#staff.call<Training>("GET", "/api/studio/trainings/current");
      this.state.patch({ training });
      const hasEnded = isRunning(before) && !isRunning(training.state);
      if (hasEnded) await Promise.all([this.#loadModels(), this.#loadCandidates()]);
    } catch {
      // The gateway may be restarting: the next look tells.
    }
    this.#watchWhileRunning();
  }

  #watchWhileRunning(): void {
    clearTimeout(this.#timer);
    if (isRunning(this.state.value.training?.state)) this.#timer = setTimeout(() => void this.#watch(), WATCH_EVERY_MS);
  }

  async #loadCandidates(): Promise<void> {
    const path = "/api/studio/candidates";
    const found = await this.#staff.call<{ candidates: Candidate[]; labelled_count: number }>("GET", path);
    this.state.patch({ candidates: found.candidates, labelledCount: found.labelled_count });
  }

  async #loadModels(): Promise<void> {
    const { models } = await this.#staff.call<{ models: Model[] }>("GET", "/api/studio/models");
    this.state.patch({ models });
  }
}

export function isRunning(phase: Training["state"] | undefined): boolean {
  return phase === "training" || phase === "switching";
}

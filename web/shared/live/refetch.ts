/**
 * Asking again on hints, without flooding: one run at a time, and one more after it for all hints that came meanwhile.
 */
export class Refetch {
  readonly #work: () => Promise<void>;
  #running: Promise<void> | null = null;
  #isAskedAgain = false;

  /** `work` handles its own errors; what it throws goes to whoever asked. */
  constructor(work: () => Promise<void>) {
    this.#work = work;
  }

  /** Resolves when a run that began after this call has ended. */
  ask(): Promise<void> {
    if (!this.#running) {
      this.#running = this.#work().finally(() => {
        this.#running = null;
      });
      return this.#running;
    }
    this.#isAskedAgain = true;
    const again = () => {
      if (!this.#isAskedAgain) return this.#running ?? Promise.resolve();
      this.#isAskedAgain = false;
      return this.ask();
    };
    return this.#running.then(again, again);
  }
}

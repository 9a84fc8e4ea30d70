/**
 * State that lives outside components: controllers write it, pages draw it.
 *
 * Values are replaced, never changed in place, so a page redraws exactly when something is new.
 */
import { useLayoutEffect, useState } from "preact/hooks";

export class Store<T> {
  #value: T;
  readonly #listeners = new Set<() => void>();

  constructor(initial: T) {
    this.#value = initial;
  }

  get value(): T {
    return this.#value;
  }

  set(next: T): void {
    if (Object.is(next, this.#value)) return;
    this.#value = next;
    for (const listener of [...this.#listeners]) listener();
  }

  /** Replace some members of an object value. */
  patch(part: Partial<T>): void {
    this.set({ ...this.#value, ...part });
  }

  /** Call `listener` after every change; returns the way to stop. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

/** Draw with the store's value and redraw when it changes. */
export function useStore<T>(store: Store<T>): T {
  const [, setDrawn] = useState(store.value);
  useLayoutEffect(() => {
    const redraw = () => setDrawn(() => store.value);
    redraw();
    return store.subscribe(redraw);
  }, [store]);
  return store.value;
}

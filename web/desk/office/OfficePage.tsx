/** The frame of a page beside the conversations: title, what it is for, and what to do when it cannot be loaded. */
import type { ComponentChildren } from "preact";
import type { Loaded } from "../../shared/staff/load";
import { common } from "../../shared/words/common";
import { errorWords } from "../../shared/words/errors";
import { office } from "../../shared/words/office";

export interface OfficePageProps {
  title: string;
  hint?: string;
  /** Stands beside the title: a button, a choice. */
  tools?: ComponentChildren;
  children: ComponentChildren;
}

export function OfficePage({ title, hint, tools, children }: OfficePageProps) {
  return (
    <main class="office">
      <div class="office-inner">
        <header class="office-head">
          <div>
            <h2>{title}</h2>
            {hint && <p class="quiet">{hint}</p>}
          </div>
          {tools}
        </header>
        {children}
      </div>
    </main>
  );
}

export interface WhenLoadedProps<T> {
  loaded: Loaded<T>;
  children(value: T): ComponentChildren;
}

/** Draw what was loaded; say so while it is not there, and while it is old because asking again failed. */
export function WhenLoaded<T>({ loaded, children }: WhenLoadedProps<T>) {
  const { value, error } = loaded;
  return (
    <>
      {error !== null && (
        <div class="notice error office-error" role="alert">
          <p>
            {office.failed} {errorWords(error)}
          </p>
          <button type="button" class="button small" onClick={() => void loaded.reload()}>
            {common.retry}
          </button>
        </div>
      )}
      {value !== null ? children(value) : error === null && <p class="quiet">{common.loading}</p>}
    </>
  );
}

export function Nothing({ title, hint }: { title: string; hint?: string }) {
  return (
    <p class="list-empty quiet">
      <strong>{title}</strong>
      {hint && (
        <>
          <br />
          {hint}
        </>
      )}
    </p>
  );
}

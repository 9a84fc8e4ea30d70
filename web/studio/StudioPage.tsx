/** The studio: utterances to give a meaning, beside them the training and the models. */
import type { RefObject } from "preact";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { Problem } from "../shared/api/client";
import type { Session } from "../shared/api/types";
import type { Staff } from "../shared/staff/session";
import { useStore } from "../shared/store";
import icon from "../shared/styles/icon.svg";
import { common } from "../shared/words/common";
import { errorWords } from "../shared/words/errors";
import { roleName, staff as staffWords } from "../shared/words/staff";
import { studio as words } from "../shared/words/studio";
import { CandidateCard } from "./CandidateCard";
import { Studio, type StudioState } from "./studio";
import { Models, TrainingPanel } from "./TrainingPanel";

export function StudioPage({ staff, session }: { staff: Staff; session: Session }) {
  const studio = useMemo(() => new Studio(staff), [staff]);
  const state = useStore(studio.state);
  useEffect(() => {
    void studio.load();
    return () => studio.stop();
  }, [studio]);
  const isForbidden = state.error instanceof Problem && state.error.status === 403;

  return (
    <div class="studio">
      <header class="studio-top">
        <img src={icon} alt="" width={28} height={28} />
        <h1>{words.brand}</h1>
        <span class="studio-me quiet">
          {session.agent.name} · {roleName(session.agent.role)}
        </span>
        <button type="button" class="button small" data-testid="logout" onClick={() => void staff.logout()}>
          {common.logout}
        </button>
      </header>
      {isForbidden ? (
        <main class="studio-main">
          <p class="notice error" role="alert">
            {staffWords.wrongRole}
          </p>
        </main>
      ) : (
        <>
          <main class="studio-main">
            <Candidates studio={studio} state={state} />
          </main>
          <aside class="studio-side">
            <TrainingPanel studio={studio} state={state} />
            <Models models={state.models} />
          </aside>
        </>
      )}
    </div>
  );
}

function Candidates({ studio, state }: { studio: Studio; state: StudioState }) {
  const [searchingId, setSearchingId] = useState<string | null>(null);
  const list = useRef<HTMLOListElement>(null);
  useNextInFocus(list, state.candidates?.length ?? 0);
  return (
    <>
      <div class="studio-intro">
        <h2>
          {words.listTitle} {state.candidates && <span class="quiet">{state.candidates.length}</span>}
        </h2>
        <p class="quiet">{words.intro}</p>
      </div>
      <p class="said" role="status" data-testid="said">
        {state.said}
      </p>
      {state.error !== null && (
        <div class="notice error" role="alert">
          <p>{errorWords(state.error)}</p>
          <button type="button" class="button small" onClick={() => void studio.load()}>
            {common.retry}
          </button>
        </div>
      )}
      {state.candidates === null && state.error === null && <p class="quiet">{common.loading}</p>}
      {state.candidates?.length === 0 && (
        <p class="studio-empty quiet">
          <strong>{words.empty}</strong>
          <br />
          {words.emptyHint}
        </p>
      )}
      <ol class="candidates" ref={list}>
        {state.candidates?.map((candidate) => (
          <CandidateCard
            key={candidate.candidate_id}
            studio={studio}
            candidate={candidate}
            intents={state.intents}
            isBusy={state.busy.has(candidate.candidate_id)}
            isSearching={searchingId === candidate.candidate_id}
            onSearch={(isOn) => setSearchingId(isOn ? candidate.candidate_id : null)}
          />
        ))}
      </ol>
    </>
  );
}

/** Once an utterance is settled its buttons are gone: the keyboard goes on at the next one, not at the page's top. */
function useNextInFocus(list: RefObject<HTMLOListElement | null>, count: number): void {
  const at = useRef(-1);
  useEffect(() => {
    const remember = (event: FocusEvent) => {
      const items = [...(list.current?.children ?? [])];
      at.current = items.findIndex((item) => item.contains(event.target as Node));
    };
    addEventListener("focusin", remember);
    return () => removeEventListener("focusin", remember);
  }, [list]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: runs when the list got shorter
  useLayoutEffect(() => {
    if (at.current < 0 || document.activeElement !== document.body) return;
    const next = list.current?.children[Math.min(at.current, count - 1)];
    next?.querySelector<HTMLElement>("button")?.focus();
  }, [count]);
}

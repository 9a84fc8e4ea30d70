/** The line above all pages of staff: which pages there are, how the desk stands, who is logged in. */
import type { ComponentChildren } from "preact";
import type { Presence, Session } from "../shared/api/types";
import type { Staff } from "../shared/staff/session";
import { useStore } from "../shared/store";
import icon from "../shared/styles/icon.svg";
import { common, liveWords } from "../shared/words/common";
import { presenceNames, desk as words } from "../shared/words/desk";
import { office, sectionNames } from "../shared/words/office";
import { roleName } from "../shared/words/staff";
import type { Desk } from "./desk";
import type { Section } from "./sections";

/** More pages than these have a line of their own. */
const FEW = 4;

export interface TopBarProps {
  staff: Staff;
  session: Session;
  sections: readonly Section[];
  section: Section | undefined;
  /** What waits on a page, shown beside its name. */
  counts: Partial<Record<Section, number>>;
  children?: ComponentChildren;
}

export function TopBar({ staff, session, sections, section, counts, children }: TopBarProps) {
  return (
    <header class="desk-top">
      <img src={icon} alt="" width={28} height={28} />
      <h1>{words.brand}</h1>
      {sections.length > 1 && (
        <nav class={`sections${sections.length > FEW ? " many" : ""}`} aria-label={office.sections}>
          {sections.map((id) => (
            <a key={id} href={`#${id}`} aria-current={id === section ? "page" : undefined} data-testid={`go-${id}`}>
              {sectionNames[id]}
              {counts[id] ? <span class="unread">{counts[id]}</span> : null}
            </a>
          ))}
        </nav>
      )}
      <span class="desk-gap" />
      {children}
      <span class="desk-me quiet">
        {session.agent.name} · {roleName(session.agent.role)}
      </span>
      <button type="button" class="button small" data-testid="logout" onClick={() => void staff.logout()}>
        {common.logout}
      </button>
    </header>
  );
}

/** What the line says of the desk: who waits, what is new, whether it is live, whether this agent is there. */
export function DeskStatus({ desk, unread, onHelp }: { desk: Desk; unread: number; onHelp(): void }) {
  const state = useStore(desk.state);
  return (
    <>
      <p class="desk-counts">
        <span class="tag">대기 {state.queue?.length ?? "–"}</span>
        {unread > 0 && <span class="tag strong">새 메시지 {unread}</span>}
      </p>
      <span class="live" role="status" data-testid="live" data-state={state.live}>
        <span class="live-dot" aria-hidden="true" />
        <span class="live-words">{liveWords[state.live]}</span>
      </span>
      <label class="presence">
        <span class="visually-hidden">{words.presence}</span>
        <select
          data-testid="presence"
          value={state.presence}
          onChange={(event) => void desk.setPresence(event.currentTarget.value as Presence)}
        >
          {Object.entries(presenceNames).map(([id, name]) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <button
        type="button"
        class="button small help-button"
        aria-label={words.help}
        title={words.help}
        onClick={onHelp}
      >
        ?
      </button>
    </>
  );
}

/** Who is at the desk, whether they take conversations, and whether the line is live. */
import type { Presence, Session } from "../shared/api/types";
import type { Staff } from "../shared/staff/session";
import { useStore } from "../shared/store";
import icon from "../shared/styles/icon.svg";
import { common, liveWords } from "../shared/words/common";
import { presenceNames, desk as words } from "../shared/words/desk";
import { roleName } from "../shared/words/staff";
import type { Desk } from "./desk";

export interface TopBarProps {
  desk: Desk;
  staff: Staff;
  session: Session;
  unread: number;
  onHelp(): void;
}

export function TopBar({ desk, staff, session, unread, onHelp }: TopBarProps) {
  const state = useStore(desk.state);
  return (
    <header class="desk-top">
      <img src={icon} alt="" width={28} height={28} />
      <h1>{words.brand}</h1>
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
      <span class="desk-me quiet">
        {session.agent.name} · {roleName(session.agent.role)}
      </span>
      <button type="button" class="button small" data-testid="logout" onClick={() => void staff.logout()}>
        {common.logout}
      </button>
    </header>
  );
}

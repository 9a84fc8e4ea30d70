/** Who is there, what each has in hand and how late it is, who waits longest; supervisors also change who takes what. */
import { useState } from "preact/hooks";
import type { Colleague, Ticket } from "../../shared/api/flow";
import { span } from "../../shared/format";
import { useStore } from "../../shared/store";
import { Confirm } from "../../shared/ui/Confirm";
import { useNow } from "../../shared/ui/now";
import { common } from "../../shared/words/common";
import { skillName, skillNames } from "../../shared/words/desk";
import { teamWords as words } from "../../shared/words/flow";
import { roleName } from "../../shared/words/staff";
import { ticketTypes } from "../../shared/words/tickets";
import type { Desk } from "../desk";
import { SlaTag } from "../SlaTag";
import { useAct } from "./act";
import { OfficePage } from "./OfficePage";

const TICKETS_SHOWN = 6;

export interface TeamPageProps {
  desk: Desk;
  onOpen(conversation_id: string): void;
}

export function TeamPage({ desk, onOpen }: TeamPageProps) {
  const { team, tickets } = useStore(desk.overview.state);
  const { queue } = useStore(desk.state);
  const now_ms = useNow(1000);
  const [changing, setChanging] = useState<Colleague | null>(null);
  const oldest = oldestWaiting(queue ?? []);
  return (
    <OfficePage title={words.title} hint={words.hint}>
      <p class="team-sum">
        <span class="tag strong">
          {words.present} {(team ?? []).filter((one) => one.is_present).length}
        </span>
        <span class="tag">
          {words.waiting} {queue?.length ?? "–"}
        </span>
        {oldest && (
          <span class="tag">
            {words.oldest} {span(oldest, now_ms)}
          </span>
        )}
      </p>
      {team === null ? (
        <p class="quiet">{common.loading}</p>
      ) : (
        <ul class="team">
          {inOrder(team).map((one) => (
            <li key={one.agent_id}>
              <Member
                one={one}
                tickets={(tickets ?? []).filter((ticket) => ticket.agent_id === one.agent_id)}
                now_ms={now_ms}
                onOpen={onOpen}
                onChange={() => setChanging(one)}
              />
            </li>
          ))}
        </ul>
      )}
      {changing && <RoutingDialog desk={desk} one={changing} onClose={() => setChanging(null)} />}
    </OfficePage>
  );
}

/** Who can take something first, then who is away, then who is gone; the least free places last of each. */
export function inOrder(team: readonly Colleague[]): Colleague[] {
  const rank = (one: Colleague) => (one.is_present ? 0 : one.presence === "offline" ? 2 : 1);
  return [...team].sort((a, b) => rank(a) - rank(b) || b.load - a.load || a.name.localeCompare(b.name));
}

function oldestWaiting(queue: readonly { waiting_since: string | null }[]): string | null {
  const since = queue.flatMap((item) => (item.waiting_since ? [item.waiting_since] : []));
  return since.length === 0 ? null : since.reduce((a, b) => (Date.parse(a) <= Date.parse(b) ? a : b));
}

export function presenceOf(one: Colleague): { mark: string; words: string } {
  if (one.is_present) return { mark: "●", words: one.load < one.capacity ? words.free : words.full };
  if (one.presence === "online") return { mark: "◌", words: words.lost };
  return one.presence === "away" ? { mark: "◐", words: words.away } : { mark: "○", words: words.gone };
}

interface MemberProps {
  one: Colleague;
  tickets: readonly Ticket[];
  now_ms: number;
  onOpen(conversation_id: string): void;
  onChange(): void;
}

function Member({ one, tickets, now_ms, onOpen, onChange }: MemberProps) {
  const presence = presenceOf(one);
  return (
    <article class="panel member" data-testid="member" data-present={one.is_present}>
      <header class="list-line">
        <span class={`presence-mark ${one.is_present ? "there" : ""}`} aria-hidden="true">
          {presence.mark}
        </span>
        <strong>{one.name}</strong>
        <span class="quiet">{roleName(one.role)}</span>
        <span class={`tag push ${one.is_present ? "strong" : ""}`}>{presence.words}</span>
      </header>
      <div class="list-line">
        <span class="quiet">{words.load}</span>
        <meter class="load" aria-hidden="true" min={0} max={one.capacity} value={one.load} />
        <strong>
          {one.load}/{one.capacity}
        </strong>
      </div>
      <p class="panel-tags">
        {one.skills.length === Object.keys(skillNames).length ? (
          <span class="tag">
            {words.skills}: {words.allSkills}
          </span>
        ) : (
          one.skills.map((skill) => (
            <span class="tag" key={skill}>
              {skillName(skill)}
            </span>
          ))
        )}
      </p>
      {tickets.length > 0 && (
        <ul class="list">
          {tickets.slice(0, TICKETS_SHOWN).map((ticket) => (
            <li key={ticket.number}>
              <button
                type="button"
                class="list-item"
                data-testid="member-ticket"
                onClick={() => onOpen(ticket.conversation_id)}
              >
                <span class="list-line">
                  {ticket.number}
                  <span class={`tag ${ticket.type === "complaint" ? "alarm" : ""}`}>{ticketTypes[ticket.type]}</span>
                  <span class="push">
                    <SlaTag ticket={ticket} now_ms={now_ms} />
                  </span>
                </span>
              </button>
            </li>
          ))}
          {tickets.length > TICKETS_SHOWN && <li class="quiet">외 {tickets.length - TICKETS_SHOWN}건</li>}
        </ul>
      )}
      <footer class="buttons end">
        <button type="button" class="button small" onClick={onChange}>
          {words.change}
        </button>
      </footer>
    </article>
  );
}

function RoutingDialog({ desk, one, onClose }: { desk: Desk; one: Colleague; onClose(): void }) {
  const [skills, setSkills] = useState<readonly string[]>(one.skills);
  const [capacity, setCapacity] = useState(String(one.capacity));
  const act = useAct(desk.notices);
  const count = Number(capacity);
  const isReady = skills.length > 0 && Number.isInteger(count) && count >= 1 && count <= 50;
  const send = async () => {
    const body = { skills: skills.length === Object.keys(skillNames).length ? null : skills, capacity: count };
    if (await act.run(() => desk.changeRouting(one.agent_id, body), words.saved)) onClose();
  };
  return (
    <Confirm
      title={`${one.name} · ${words.changeTitle}`}
      yes={words.save}
      no={common.cancel}
      isBusy={act.isBusy || !isReady}
      onYes={() => void send()}
      onNo={onClose}
    >
      <div class="office-form">
        <fieldset class="fieldset row">
          <legend>{words.skills}</legend>
          {Object.entries(skillNames).map(([skill, name]) => (
            <label class="switch" key={skill}>
              <input
                type="checkbox"
                checked={skills.includes(skill)}
                onChange={(event) =>
                  setSkills(event.currentTarget.checked ? [...skills, skill] : skills.filter((has) => has !== skill))
                }
              />
              {name}
            </label>
          ))}
        </fieldset>
        <label class="field">
          <span>{words.capacity}</span>
          <input
            type="number"
            min={1}
            max={50}
            value={capacity}
            onInput={(event) => setCapacity(event.currentTarget.value)}
          />
        </label>
      </div>
    </Confirm>
  );
}

/** When each team is there, and changing it. */
import { useState } from "preact/hooks";
import type { TeamHours } from "../../shared/api/flow";
import { useLoad } from "../../shared/staff/load";
import type { Staff } from "../../shared/staff/session";
import { Dialog } from "../../shared/ui/Confirm";
import { common } from "../../shared/words/common";
import { skillName } from "../../shared/words/desk";
import { weekdayNames, hoursWords as words } from "../../shared/words/hours";
import type { Notices } from "../notices";
import { type Act, useAct } from "./act";
import { OfficePage, WhenLoaded } from "./OfficePage";

export function HoursPage({ staff, notices }: { staff: Staff; notices: Notices }) {
  const loaded = useLoad<{ teams: TeamHours[] }>(staff, "/api/desk/hours", 60_000);
  const [editing, setEditing] = useState<TeamHours | null>(null);
  const act = useAct(notices);
  return (
    <OfficePage title={words.title} hint={words.hint}>
      <WhenLoaded loaded={loaded}>
        {({ teams }) => (
          <ul class="team">
            {teams.map((team) => (
              <li key={team.team} class="panel member" data-testid="team-hours">
                <p class="list-line">
                  <strong>{team.name}</strong>
                  <span class={`tag push ${team.is_open ? "strong" : ""}`}>
                    {team.is_open ? words.open : words.closed}
                  </span>
                </p>
                {!team.is_open && team.opens_text && (
                  <p class="quiet">
                    {team.opens_text}
                    {words.opens}
                  </p>
                )}
                <dl class="facts">
                  {Object.entries(weekdayNames).map(([day, name]) => (
                    <div key={day}>
                      <dt>{name}</dt>
                      <dd>{team.week[day]?.join(", ") || words.off}</dd>
                    </div>
                  ))}
                </dl>
                <p class="quiet">
                  {words.skills}: {team.skills.map(skillName).join(", ")}
                  {team.holidays === "closed" ? ` · ${words.holidays}` : ""}
                  {team.closed_days.length > 0 ? ` · ${words.closedDays}: ${team.closed_days.join(", ")}` : ""}
                </p>
                <div class="buttons end">
                  <button type="button" class="button small" onClick={() => setEditing(team)}>
                    {words.edit}
                  </button>
                </div>
              </li>
            ))}
          </ul>
        )}
      </WhenLoaded>
      {editing && (
        <HoursDialog
          staff={staff}
          act={act}
          team={editing}
          onClose={() => {
            setEditing(null);
            void loaded.reload();
          }}
        />
      )}
    </OfficePage>
  );
}

/** What is between commas, without the white space around. */
export function listed(text: string): string[] {
  return text
    .split(",")
    .map((part) => part.trim())
    .filter(Boolean);
}

interface HoursDialogProps {
  staff: Staff;
  act: Act;
  team: TeamHours;
  onClose(): void;
}

function HoursDialog({ staff, act, team, onClose }: HoursDialogProps) {
  const [week, setWeek] = useState<Record<string, string>>(() =>
    Object.fromEntries(Object.keys(weekdayNames).map((day) => [day, (team.week[day] ?? []).join(", ")])),
  );
  const [isClosed, setClosed] = useState(team.holidays === "closed");
  const [days, setDays] = useState(team.closed_days.join(", "));
  const send = async () => {
    const body = {
      version: team.version,
      week: Object.fromEntries(Object.entries(week).map(([day, spans]) => [day, listed(spans)])),
      holidays: isClosed ? "closed" : "open",
      closed_days: listed(days),
    };
    const path = `/api/desk/hours/${encodeURIComponent(team.team)}`;
    if (await act.run(() => staff.call("PUT", path, { body }), words.saved)) onClose();
  };
  return (
    <Dialog title={`${team.name} · ${words.title}`} onClose={onClose}>
      <form
        class="office-form"
        onSubmit={(event) => {
          event.preventDefault();
          void send();
        }}
      >
        <p class="quiet">{words.spansHint}</p>
        <div class="week">
          {Object.entries(weekdayNames).map(([day, name]) => (
            <label class="field inline" key={day}>
              <span>{name}</span>
              <input
                value={week[day]}
                placeholder={words.off}
                onInput={(event) => setWeek({ ...week, [day]: event.currentTarget.value })}
              />
            </label>
          ))}
        </div>
        <label class="switch">
          <input type="checkbox" checked={isClosed} onChange={(event) => setClosed(event.currentTarget.checked)} />
          {words.holidays}
        </label>
        <label class="field">
          <span>
            {words.closedDays} <span class="quiet">{words.closedDaysHint}</span>
          </span>
          <input value={days} onInput={(event) => setDays(event.currentTarget.value)} />
        </label>
        <div class="dialog-buttons">
          <button type="button" class="button" onClick={onClose}>
            {common.cancel}
          </button>
          <button type="submit" class="button primary" disabled={act.isBusy}>
            {words.save}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

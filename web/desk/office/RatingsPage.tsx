/** What customers said of talks that have ended, the newest first; low ones are followed up by a ticket. */
import { useState } from "preact/hooks";
import type { DeskRating } from "../../shared/api/replies";
import { dayAndTime } from "../../shared/format";
import { useLoad } from "../../shared/staff/load";
import type { Staff } from "../../shared/staff/session";
import { agentTitle } from "../../shared/words/common";
import { channelName, skillName } from "../../shared/words/desk";
import { ratingsWords as words } from "../../shared/words/replies";
import { ticketWords } from "../../shared/words/tickets";
import { Nothing, OfficePage, WhenLoaded } from "./OfficePage";

const EVERY_MS = 30_000;
const LOW = "3";

export interface RatingsPageProps {
  staff: Staff;
  onOpen(conversation_id: string): void;
}

export function RatingsPage({ staff, onOpen }: RatingsPageProps) {
  const [isLowOnly, setLowOnly] = useState(false);
  const path = isLowOnly ? `/api/desk/ratings?most=${LOW}` : "/api/desk/ratings";
  const loaded = useLoad<{ ratings: DeskRating[] }>(staff, path, EVERY_MS);
  const tools = (
    <label class="switch">
      <input type="checkbox" checked={isLowOnly} onChange={(event) => setLowOnly(event.currentTarget.checked)} />
      {words.lowOnly}
    </label>
  );
  return (
    <OfficePage title={words.title} hint={words.hint} tools={tools}>
      <WhenLoaded loaded={loaded}>
        {({ ratings }) =>
          ratings.length === 0 ? (
            <Nothing title={words.empty} />
          ) : (
            <>
              <p class="team-sum">
                <span class="tag strong">
                  {words.average} {average(ratings)}
                </span>
                <span class="tag">{ratings.length}건</span>
              </p>
              <ol class="cards">
                {ratings.map((one) => (
                  <li key={`${one.conversation_id}:${one.at}`} class="panel office-card" data-testid="desk-rating">
                    <p class="list-line">
                      <Score score={one.score} />
                      {one.skill && <span class="tag">{skillName(one.skill)}</span>}
                      <span class="tag">{channelName(one.channel)}</span>
                      {one.ticket_number && (
                        <span class="tag alarm">
                          {words.followedUp} {one.ticket_number}
                        </span>
                      )}
                      <span class="list-wait">{dayAndTime(one.at)}</span>
                    </p>
                    {one.words && <p class="said">{one.words}</p>}
                    <footer class="office-card-foot">
                      <span class="quiet">{one.agent_name ? agentTitle(one.agent_name) : ""}</span>
                      <button type="button" class="button small" onClick={() => onOpen(one.conversation_id)}>
                        {ticketWords.open}
                      </button>
                    </footer>
                  </li>
                ))}
              </ol>
            </>
          )
        }
      </WhenLoaded>
    </OfficePage>
  );
}

function Score({ score }: { score: number }) {
  return (
    <strong>
      <span aria-hidden="true">
        {"★".repeat(score)}
        {"☆".repeat(5 - score)}
      </span>{" "}
      {score}
      {words.points}
    </strong>
  );
}

/** To one place; empty of nothing. */
export function average(ratings: readonly { score: number }[]): string {
  if (ratings.length === 0) return "";
  return (ratings.reduce((sum, one) => sum + one.score, 0) / ratings.length).toFixed(1);
}

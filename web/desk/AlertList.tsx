/** What this agent is told without having asked: answers about to be late or late, promises whose time has come. */
import type { DeskAlert } from "../shared/api/flow";
import { useStore } from "../shared/store";
import { alertLine, alertWords as words } from "../shared/words/tickets";
import type { Desk } from "./desk";

const SHOWN = 3;

export function AlertList({ desk, onOpen }: { desk: Desk; onOpen(conversation_id: string): void }) {
  const { alerts } = useStore(desk.overview.state);
  if (alerts.length === 0) return null;
  return (
    <section aria-labelledby="alerts-title" class="alerts">
      <h2 id="alerts-title">
        {words.title} <span class="count">{alerts.length}</span>
      </h2>
      <ul class="list" aria-live="polite">
        {alerts.slice(0, SHOWN).map((alert) => (
          <AlertItem key={alert.alert_id} desk={desk} alert={alert} onOpen={onOpen} />
        ))}
      </ul>
      {alerts.length > SHOWN && (
        <details class="more-alerts">
          <summary>{alerts.length - SHOWN}개 더 보기</summary>
          <ul class="list">
            {alerts.slice(SHOWN).map((alert) => (
              <AlertItem key={alert.alert_id} desk={desk} alert={alert} onOpen={onOpen} />
            ))}
          </ul>
        </details>
      )}
    </section>
  );
}

interface AlertItemProps {
  desk: Desk;
  alert: DeskAlert;
  onOpen(conversation_id: string): void;
}

function AlertItem({ desk, alert, onOpen }: AlertItemProps) {
  const isMild = alert.kind === "sla_warning" || alert.kind === "promise_due";
  return (
    <li class={`alert-item ${isMild ? "mild" : ""}`} data-testid="alert" data-kind={alert.kind}>
      <button type="button" class="link" onClick={() => onOpen(alert.conversation_id)}>
        <span aria-hidden="true">{isMild ? "! " : "!! "}</span>
        {alertLine(alert)}
      </button>
      <button
        type="button"
        class="link"
        aria-label={words.seen}
        title={words.seen}
        onClick={() => void desk.overview.putAway(alert.alert_id).catch(() => undefined)}
      >
        ✕
      </button>
    </li>
  );
}

/** Lines above everything else: the line is lost, this agent gets no new conversations. */
import { common } from "../shared/words/common";
import { desk as words } from "../shared/words/desk";
import { errorWords } from "../shared/words/errors";
import { absenceWords, comeBack } from "../shared/words/flow";
import type { Desk } from "./desk";
import type { DeskState } from "./desk-state";

export function StateLines({ desk, state }: { desk: Desk; state: DeskState }) {
  const isLost = state.loadError !== null && state.live !== "connecting";
  const lost = state.queue === null ? `${words.loadFailed} ${errorWords(state.loadError)}` : words.offlineLine;
  return (
    <div class="desk-lines" role="status">
      {isLost && <StateLine text={lost} does={common.reconnectNow} onDo={() => desk.reconnect()} />}
      {!isLost && state.presence !== "online" && (
        <StateLine
          text={absenceWords(state.presence, state.isPresenceChanged)}
          does={comeBack}
          onDo={() => void desk.setPresence("online")}
          testId="come-back"
        />
      )}
    </div>
  );
}

interface StateLineProps {
  text: string;
  does: string;
  onDo(): void;
  testId?: string;
}

function StateLine({ text, does, onDo, testId }: StateLineProps) {
  return (
    <div class="line-lost">
      <p>{text}</p>
      <button type="button" class="button small" data-testid={testId} onClick={onDo}>
        {does}
      </button>
    </div>
  );
}

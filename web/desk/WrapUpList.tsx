/** The time after a close: what it is for, how much is left, and that one is done with it. */
import { useEffect } from "preact/hooks";
import { spanOf } from "../shared/format";
import { useStore } from "../shared/store";
import { useNow } from "../shared/ui/now";
import { asideWords as words } from "../shared/words/flow";
import type { Desk } from "./desk";
import type { WrapUp } from "./wrap-ups";

export function WrapUpList({ desk }: { desk: Desk }) {
  const open = useStore(desk.wrapUps.open);
  if (open.length === 0) return null;
  return (
    <ul class="list wrap-ups">
      {open.map((one) => (
        <WrapUpItem key={one.conversation_id} desk={desk} wrapUp={one} />
      ))}
    </ul>
  );
}

function WrapUpItem({ desk, wrapUp }: { desk: Desk; wrapUp: WrapUp }) {
  const now_ms = useNow(1000);
  const left_s = (Date.parse(wrapUp.until) - now_ms) / 1000;
  const isOver = left_s <= 0;
  useEffect(() => {
    if (!isOver) return;
    desk.wrapUps.end(wrapUp.conversation_id);
    desk.overview.refresh();
  }, [desk, wrapUp.conversation_id, isOver]);
  return (
    <li class="wrap-up" data-testid="wrap-up">
      <span>
        {wrapUp.name} · {words.wrapUp} <span class="list-wait">{spanOf(left_s)}</span>
      </span>
      <button
        type="button"
        class="button small"
        title={words.wrapUpHint}
        data-testid="wrap-up-done"
        onClick={() => void desk.handling.endWrapUp(wrapUp.conversation_id, wrapUp.version)}
      >
        {words.wrapUpDone}
      </button>
    </li>
  );
}

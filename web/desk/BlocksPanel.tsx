/** What keeps the customer out, and lifting it with a reason that is kept. */
import { useState } from "preact/hooks";
import type { Block } from "../shared/api/office";
import type { ConversationDetail } from "../shared/api/types";
import { useLoad } from "../shared/staff/load";
import type { Staff } from "../shared/staff/session";
import { blocks as words } from "../shared/words/office";
import { blockLine } from "./context-lines";
import { LiftDialog } from "./LiftDialog";
import type { Notices } from "./notices";

export interface BlocksPanelProps {
  staff: Staff;
  notices: Notices;
  detail: ConversationDetail;
}

export function BlocksPanel({ staff, notices, detail }: BlocksPanelProps) {
  const [lifting, setLifting] = useState<Block | null>(null);
  const path = `/api/desk/conversations/${encodeURIComponent(detail.conversation_id)}/blocks`;
  const loaded = useLoad<{ blocks: Block[] }>(staff, detail.customer ? path : null);
  const found = loaded.value?.blocks ?? [];
  if (found.length === 0) return null;
  return (
    <section class="panel" data-testid="blocks-panel">
      <h2>{words.title}</h2>
      <div class="lines">
        <ul>
          {found.map((block) => (
            <BlockItem key={block.block_id} block={block} onLift={() => setLifting(block)} />
          ))}
        </ul>
      </div>
      {lifting && (
        <LiftDialog
          staff={staff}
          notices={notices}
          path={`${path}/${encodeURIComponent(lifting.block_id)}/lift`}
          block={lifting}
          onClose={() => {
            setLifting(null);
            void loaded.reload();
          }}
        />
      )}
    </section>
  );
}

function BlockItem({ block, onLift }: { block: Block; onLift(): void }) {
  const line = blockLine(block);
  return (
    <li>
      <div class={line.isAlarming ? "alarming" : ""}>
        <span>
          {line.isAlarming && <span aria-hidden="true">! </span>}
          {line.main}
        </span>
      </div>
      <span class="quiet">{line.more}</span>
      {block.justification && block.ended_by === "staff" && <span class="quiet">“{block.justification}”</span>}
      {block.may_lift && (
        <button type="button" class="button small" data-testid="lift" onClick={onLift}>
          {words.lift}
        </button>
      )}
      {block.is_active && !block.may_lift && <span class="quiet">{words.notMine}</span>}
    </li>
  );
}

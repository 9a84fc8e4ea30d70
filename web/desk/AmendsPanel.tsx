/** What was given to the customer to make up for something, what waits for a supervisor, and giving more. */
import { useState } from "preact/hooks";
import type { Amends } from "../shared/api/office";
import type { ConversationDetail, OrderSummary } from "../shared/api/types";
import { useLoad } from "../shared/staff/load";
import type { Staff } from "../shared/staff/session";
import { amends as words } from "../shared/words/office";
import { amendsLines } from "./amends-lines";
import { Lines } from "./Lines";
import type { Notices } from "./notices";
import { ProposeDialog } from "./ProposeDialog";

export interface AmendsPanelProps {
  staff: Staff;
  notices: Notices;
  detail: ConversationDetail;
  isMine: boolean;
}

export function AmendsPanel({ staff, notices, detail, isMine }: AmendsPanelProps) {
  const [isProposing, setProposing] = useState(false);
  const path = `/api/desk/conversations/${encodeURIComponent(detail.conversation_id)}/amends`;
  const loaded = useLoad<Amends>(staff, detail.customer ? path : null);
  const shown = amendsLines(loaded.value ?? (detail.context?.amends as Amends | undefined) ?? {});
  if (!detail.customer || (shown.length === 0 && !isMine)) return null;
  return (
    <section class="panel" data-testid="amends-panel">
      <h2>{words.title}</h2>
      {shown.length === 0 ? <p class="quiet">{words.none}</p> : <Lines lines={shown} />}
      {isMine && (
        <button type="button" class="button small" data-testid="propose" onClick={() => setProposing(true)}>
          {words.propose}
        </button>
      )}
      {isProposing && (
        <ProposeDialog
          staff={staff}
          notices={notices}
          path={path}
          version={detail.version}
          orders={ordersOf(detail)}
          onClose={() => {
            setProposing(false);
            void loaded.reload();
          }}
        />
      )}
    </section>
  );
}

/** The orders that amends may be for, those of the handoff first. */
function ordersOf(detail: ConversationDetail): Pick<OrderSummary, "order_id" | "summary">[] {
  const told = (detail.context?.orders ?? []) as Partial<OrderSummary>[];
  const orders = new Map<string, Pick<OrderSummary, "order_id" | "summary">>();
  for (const order of [...told, ...(detail.customer?.recent_orders ?? [])]) {
    if (typeof order.order_id !== "string" || orders.has(order.order_id)) continue;
    orders.set(order.order_id, { order_id: order.order_id, summary: order.summary ?? "" });
  }
  return [...orders.values()];
}

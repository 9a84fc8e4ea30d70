/** What the agent knows before asking: why the conversation came, what the bot understood and tried, who writes. */
import { useCallback, useState } from "preact/hooks";
import type { ConversationDetail, HandoffContext, Session } from "../shared/api/types";
import { fullDay } from "../shared/format";
import type { Staff } from "../shared/staff/session";
import { channelName, contextWords, gradeName, reasonName, skillName, desk as words } from "../shared/words/desk";
import { unmaskable, unmask as unmaskWords } from "../shared/words/office";
import { AmendsPanel } from "./AmendsPanel";
import { BlocksPanel } from "./BlocksPanel";
import type { Line } from "./context-lines";
import * as lines from "./context-lines";
import type { Desk } from "./desk";
import { Lines } from "./Lines";
import type { Notices } from "./notices";
import { TicketPanel } from "./TicketPanel";
import { UnmaskDialog } from "./UnmaskDialog";

export interface SidePanelProps {
  staff: Staff;
  session: Session;
  desk: Desk;
  detail: ConversationDetail | undefined;
  isMine: boolean;
}

export function SidePanel({ staff, session, desk, detail, isMine }: SidePanelProps) {
  const { notices } = desk;
  if (!detail) return <aside class="desk-side empty" aria-label={words.info} />;
  return (
    <aside class="desk-side" aria-label={words.info}>
      <ContextCard context={detail.context} />
      <TicketPanel key={`t:${detail.conversation_id}`} staff={staff} desk={desk} detail={detail} isMine={isMine} />
      <BlocksPanel key={`b:${detail.conversation_id}`} staff={staff} notices={notices} detail={detail} />
      <AmendsPanel
        key={`a:${detail.conversation_id}`}
        staff={staff}
        notices={notices}
        detail={detail}
        isMine={isMine}
      />
      <Customer key={`c:${detail.conversation_id}`} staff={staff} session={session} notices={notices} detail={detail} />
    </aside>
  );
}

function ContextCard({ context }: { context: HandoffContext | null }) {
  const mood = lines.moodWords(context?.mood);
  return (
    <section class="panel" data-testid="context-card">
      <h2>{words.context}</h2>
      {!context ? (
        <p class="quiet">{contextWords.noContext}</p>
      ) : (
        <>
          {context.suggested_next_step && (
            <div class="next-step">
              <h3>{contextWords.next}</h3>
              <p>{context.suggested_next_step}</p>
            </div>
          )}
          <p class="panel-tags">
            <span class="tag strong">{reasonName(context.reason)}</span>
            <span class="tag">{skillName(context.skill)}</span>
            {mood && <span class="tag alarm">{mood}</span>}
          </p>
          {context.summary && <p class="summary">{context.summary}</p>}
          <Lines title={contextWords.understood} lines={lines.intentLines(context.intent_history ?? [])} isRow />
          <Lines title={contextWords.facts} lines={lines.entityLines(context.entities)} isRow />
          <Lines title={contextWords.tried} lines={lines.actionLines(context.tried ?? [])} isRow />
          <Lines
            title={contextWords.failed}
            lines={lines.actionLines(context.failed_actions ?? []).map(alarming)}
            isRow
          />
          <Lines title={contextWords.orders} lines={(context.orders ?? []).map(lines.orderLine)} />
          <Lines title={contextWords.blocks} lines={(context.blocks ?? []).map(lines.blockLine)} />
          <Lines title={contextWords.attempts} lines={(context.verification_attempts ?? []).map(lines.attemptLine)} />
          <Lines title={contextWords.grants} lines={(context.grants ?? []).map(lines.grantLine)} />
          <Lines title={contextWords.previous} lines={(context.previous_conversations ?? []).map(lines.previousLine)} />
        </>
      )}
    </section>
  );
}

function alarming(line: Line): Line {
  return { ...line, isAlarming: true };
}

interface CustomerProps {
  staff: Staff;
  session: Session;
  notices: Notices;
  detail: ConversationDetail;
}

function Customer({ staff, session, notices, detail }: CustomerProps) {
  const [isUnmasking, setUnmasking] = useState(false);
  const close = useCallback(() => setUnmasking(false), []);
  const { customer } = detail;
  const isVerified = detail.context?.verified ?? customer !== null;
  const fields = unmaskable[session.agent.role] ?? [];
  return (
    <section class="panel" data-testid="customer-panel">
      <h2>{words.customer}</h2>
      <p class="panel-tags">
        <span class={`tag ${isVerified ? "strong" : ""}`}>
          {isVerified ? `✓ ${words.verified}` : `? ${words.unverified}`}
        </span>
        <span class="tag">{channelName(detail.channel)}</span>
      </p>
      {!customer ? (
        <p class="quiet">{words.anonymous}</p>
      ) : (
        <>
          <CustomerFacts customer={customer} />
          {fields.length > 0 && (
            <button type="button" class="button small" data-testid="unmask" onClick={() => setUnmasking(true)}>
              {unmaskWords.open}
            </button>
          )}
          <Lines title={words.recentOrders} lines={(customer.recent_orders ?? []).map(lines.orderLine)} />
        </>
      )}
      {isUnmasking && (
        <UnmaskDialog
          staff={staff}
          notices={notices}
          conversation_id={detail.conversation_id}
          fields={fields}
          onClose={close}
        />
      )}
    </section>
  );
}

function CustomerFacts({ customer }: { customer: NonNullable<ConversationDetail["customer"]> }) {
  const rows: [string, string | null | undefined][] = [
    [words.name, customer.name],
    [words.phone, customer.phone],
    [words.address, customer.address],
    [words.grade, gradeName(customer.grade)],
    [words.joined, customer.joined_at ? fullDay(customer.joined_at) : null],
  ];
  return (
    <dl class="facts">
      {rows.map(([label, value]) =>
        value ? (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ) : null,
      )}
    </dl>
  );
}

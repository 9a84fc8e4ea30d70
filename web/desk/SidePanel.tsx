/** What the agent knows before asking: why the conversation came, what the bot understood and tried, who writes. */
import type { ConversationDetail, CustomerPanel, HandoffContext } from "../shared/api/types";
import { fullDay } from "../shared/format";
import { channelName, contextWords, gradeName, reasonName, skillName, desk as words } from "../shared/words/desk";
import type { Line } from "./context-lines";
import * as lines from "./context-lines";

export function SidePanel({ detail }: { detail: ConversationDetail | undefined }) {
  if (!detail) return <aside class="desk-side empty" aria-label={words.info} />;
  const isVerified = detail.context?.verified ?? detail.customer !== null;
  return (
    <aside class="desk-side" aria-label={words.info}>
      <ContextCard context={detail.context} />
      <Customer customer={detail.customer} channel={detail.channel} isVerified={isVerified} />
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

/** A titled list; nothing at all when it is empty, so that what is there stands out. */
function Lines({ title, lines: shown, isRow }: { title: string; lines: Line[]; isRow?: boolean }) {
  if (shown.length === 0) return null;
  return (
    <div class="lines">
      <h3>{title}</h3>
      <ul class={isRow ? "row" : ""}>
        {shown.map((line, index) => (
          <li key={index} class={line.isAlarming ? "alarming" : ""}>
            <span>
              {line.isAlarming && <span aria-hidden="true">! </span>}
              {line.main}
            </span>
            {line.more && <span class="quiet">{line.more}</span>}
          </li>
        ))}
      </ul>
    </div>
  );
}

function alarming(line: Line): Line {
  return { ...line, isAlarming: true };
}

interface CustomerProps {
  customer: CustomerPanel | null;
  channel: string;
  isVerified: boolean;
}

function Customer({ customer, channel, isVerified }: CustomerProps) {
  const rows: [string, string | null | undefined][] = [
    [words.name, customer?.name],
    [words.phone, customer?.phone],
    [words.address, customer?.address],
    [words.grade, gradeName(customer?.grade)],
    [words.joined, customer?.joined_at ? fullDay(customer.joined_at) : null],
  ];
  return (
    <section class="panel" data-testid="customer-panel">
      <h2>{words.customer}</h2>
      <p class="panel-tags">
        <span class={`tag ${isVerified ? "strong" : ""}`}>
          {isVerified ? `✓ ${words.verified}` : `? ${words.unverified}`}
        </span>
        <span class="tag">{channelName(channel)}</span>
      </p>
      {!customer ? (
        <p class="quiet">{words.anonymous}</p>
      ) : (
        <>
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
          <Lines title={words.recentOrders} lines={(customer.recent_orders ?? []).map(lines.orderLine)} />
        </>
      )}
    </section>
  );
}

/** Amends that are above an agent's limit: what is asked for, why, and a supervisor's yes or no. */
import { useState } from "preact/hooks";
import type { AmendsRequest } from "../../shared/api/office";
import type { Session } from "../../shared/api/types";
import { span } from "../../shared/format";
import type { Loaded } from "../../shared/staff/load";
import type { Staff } from "../../shared/staff/session";
import { Confirm } from "../../shared/ui/Confirm";
import { useNow } from "../../shared/ui/now";
import { common } from "../../shared/words/common";
import { amendsCauses, giftWords, approvals as words } from "../../shared/words/office";
import { roleName } from "../../shared/words/staff";
import type { Notices } from "../notices";
import { useAct } from "./act";
import { Nothing, OfficePage, WhenLoaded } from "./OfficePage";

export interface ApprovalsPageProps {
  staff: Staff;
  session: Session;
  notices: Notices;
  pending: Loaded<{ requests: AmendsRequest[] }>;
}

type Answer = "approve" | "decline";

export function ApprovalsPage({ staff, session, notices, pending }: ApprovalsPageProps) {
  const now_ms = useNow(1000);
  const [asking, setAsking] = useState<{ request: AmendsRequest; answer: Answer } | null>(null);
  return (
    <OfficePage title={words.title} hint={words.hint}>
      <WhenLoaded loaded={pending}>
        {({ requests }) =>
          requests.length === 0 ? (
            <Nothing title={words.empty} hint={words.emptyHint} />
          ) : (
            <ol class="cards">
              {requests.map((request) => (
                <li key={request.request_id}>
                  <RequestCard
                    request={request}
                    now_ms={now_ms}
                    isOwn={request.requested_by === session.agent.name && request.requested_role === session.agent.role}
                    onAnswer={(answer) => setAsking({ request, answer })}
                  />
                </li>
              ))}
            </ol>
          )
        }
      </WhenLoaded>
      {asking && (
        <AnswerDialog
          key={asking.request.request_id}
          staff={staff}
          notices={notices}
          {...asking}
          onClose={() => {
            setAsking(null);
            void pending.reload();
          }}
        />
      )}
    </OfficePage>
  );
}

interface RequestCardProps {
  request: AmendsRequest;
  now_ms: number;
  isOwn: boolean;
  onAnswer(answer: Answer): void;
}

function RequestCard({ request, now_ms, isOwn, onAnswer }: RequestCardProps) {
  return (
    <article class="panel office-card" data-testid="approval">
      <header class="list-line">
        <strong>{request.gifts.map(giftWords).join(" + ")}</strong>
        <span class="list-wait">
          <span class="visually-hidden">{words.waiting} </span>
          {span(request.requested_at, now_ms)}
        </span>
      </header>
      <p class="panel-tags">
        <span class="tag strong">{amendsCauses[request.cause] ?? request.cause}</span>
        <span class="tag">{request.order_id}</span>
      </p>
      <p class="said">{request.reason}</p>
      <footer class="office-card-foot">
        <span class="quiet">
          {request.requested_by} · {roleName(request.requested_role)}
        </span>
        {isOwn ? (
          <span class="tag">{words.own}</span>
        ) : (
          <span class="buttons">
            <button type="button" class="button small" data-testid="decline" onClick={() => onAnswer("decline")}>
              {words.decline}
            </button>
            <button
              type="button"
              class="button small primary"
              data-testid="approve"
              onClick={() => onAnswer("approve")}
            >
              {words.approve}
            </button>
          </span>
        )}
      </footer>
    </article>
  );
}

interface AnswerDialogProps {
  staff: Staff;
  notices: Notices;
  request: AmendsRequest;
  answer: Answer;
  onClose(): void;
}

function AnswerDialog({ staff, notices, request, answer, onClose }: AnswerDialogProps) {
  const [reason, setReason] = useState("");
  const act = useAct(notices);
  const isNo = answer === "decline";
  const send = async () => {
    const path = `/api/desk/approvals/${encodeURIComponent(request.request_id)}/${answer}`;
    const body = isNo || reason.trim() ? { reason: reason.trim() } : {};
    await act.run(() => staff.call("POST", path, { body }), isNo ? words.declined : words.approved);
    onClose();
  };
  return (
    <Confirm
      title={isNo ? words.declineAsk : words.approveAsk}
      text={isNo ? words.declineWhy : words.approveWhy}
      yes={isNo ? words.decline : words.approve}
      no={common.cancel}
      isBusy={act.isBusy || (isNo && reason.trim() === "")}
      onYes={() => void send()}
      onNo={onClose}
    >
      <p class="said">{request.gifts.map(giftWords).join(" + ")}</p>
      <label class="field">
        <span>{isNo ? words.reason : words.note}</span>
        <textarea rows={3} value={reason} onInput={(event) => setReason(event.currentTarget.value)} />
      </label>
    </Confirm>
  );
}

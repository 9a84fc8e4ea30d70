/** Decisions and requests about amends as lines to read, the newest first, what waits before it all: pure. */
import type { Amends, AmendsDecision, AmendsRequest } from "../shared/api/office";
import { dayOf } from "../shared/format";
import { agentTitle } from "../shared/words/common";
import { amendsCauses, decisionNames, giftWords, requestStateNames } from "../shared/words/office";
import type { Line } from "./context-lines";

export function amendsLines(amends: Amends): Line[] {
  const requests = amends.requests ?? [];
  const pending = requests.filter((request) => request.state === "pending").map(requestLine);
  const dated = [
    ...(amends.decisions ?? []).map((decision) => ({ at: decision.at, line: decisionLine(decision) })),
    ...requests
      .filter((request) => request.state === "declined")
      .map((request) => ({ at: request.answered_at ?? request.requested_at, line: requestLine(request) })),
  ];
  dated.sort((a, b) => Date.parse(b.at) - Date.parse(a.at));
  return [...pending, ...dated.map(({ line }) => line)];
}

function requestLine(request: AmendsRequest): Line {
  const state = requestStateNames[request.state] ?? request.state;
  const gifts = request.gifts.map(giftWords).join(" + ");
  const because = request.answer_reason ? `“${request.answer_reason}”` : "";
  const by = agentTitle(request.requested_by);
  const more = [amendsCauses[request.cause] ?? request.cause, request.order_id, by, because];
  return {
    main: `${state}: ${gifts}`,
    more: more.filter(Boolean).join(" · "),
    isAlarming: request.state === "pending",
  };
}

function decisionLine(decision: AmendsDecision): Line {
  const outcome = decisionNames[decision.outcome] ?? decision.outcome;
  const about = [amendsCauses[decision.cause] ?? decision.cause, decision.order_id, dayOf(decision.at)];
  return { main: `${outcome}: ${decision.sentence}`, more: about.join(" · ") };
}

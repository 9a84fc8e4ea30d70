/** What the gateway sends for amends, blocks, privacy requests and verification, as the pages see it. */

export interface Gift {
  kind: string;
  amount_krw?: number;
  rate_percent?: number;
}

export interface AmendsRequest {
  request_id: string;
  order_id: string;
  cause: string;
  gifts: Gift[];
  reason: string;
  state: "pending" | "approved" | "declined";
  requested_by: string;
  requested_role: string;
  requested_at: string;
  answered_at: string | null;
  answer_reason: string | null;
}

export interface AmendsDecision {
  order_id: string;
  cause: string;
  outcome: "granted" | "refused" | "referred";
  rule: string;
  sentence: string;
  alternative: string | null;
  decided_role: string;
  at: string;
}

export interface Amends {
  decisions?: AmendsDecision[];
  requests?: AmendsRequest[];
}

export interface Proposal {
  outcome: "pending" | "granted" | "refused" | "referred";
  sentence: string;
  alternative: string | null;
  gifts: Gift[];
  is_repeat: boolean;
  request: AmendsRequest | null;
}

export interface Block {
  block_id: string;
  reason: string;
  blocked_at: string;
  auto_release_at: string | null;
  released_at: string | null;
  is_active: boolean;
  /** Whether this member of staff may lift it now. */
  may_lift: boolean;
  ended_by: "time" | "code" | "staff" | null;
  justification: string | null;
}

export type PrivacyState = "received" | "identity_checked" | "in_work" | "answered" | "refused" | "withdrawn";

export interface PrivacyRequest {
  request_id: string;
  subject_id: string;
  kind: string;
  label: string;
  state: PrivacyState;
  channel: string;
  opened_at: string;
  due_at: string;
  ended_at: string | null;
  agent_name: string | null;
  mandate: string | null;
  details: string | null;
  answer: string | null;
  refusal_ground: string | null;
  /** Days until the answer is due in Seoul; negative when it is late. */
  days_left: number;
  alarm: "soon" | "late" | null;
}

export interface PrivacyStep {
  at: string;
  what: string;
  by: string;
  note: string | null;
}

export interface PrivacyDetail extends PrivacyRequest {
  customer: { name?: string | null; phone?: string | null; email?: string | null; grade?: string | null } | null;
  steps: PrivacyStep[];
}

export interface ViewerMonth {
  viewer_id: string;
  viewer_name: string;
  viewer_role: string;
  times: number;
  people: number;
  remarks: string[];
}

export interface AccessReview {
  month: string;
  viewers: ViewerMonth[];
  review: { by: string; at: string; note: string } | null;
}

export interface Affected {
  customer_id: string;
  times: number;
  first_at: string;
  last_at: string;
}

export interface Rate {
  hour: string;
  dimension: string;
  value: string;
  attempts: number;
  failures: number;
  failing_ratio: number | null;
}

export interface RateAlert {
  alert_id: string;
  dimension: string;
  value: string;
  opened_at: string;
  closed_at: string | null;
  is_told_to_customers: boolean;
  attempts: number;
  failures: number;
  usual_ratio: number;
}

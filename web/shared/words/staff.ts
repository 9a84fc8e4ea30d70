/** What the login of agents and trainers says. */
import type { Role } from "../api/types";

export const staff = {
  login: "아이디",
  password: "비밀번호",
  submit: "로그인",
  submitting: "확인하는 중",
  loggedOut: "로그인 시간이 지났어요. 다시 로그인하면 이어서 하실 수 있어요.",
  checking: "로그인을 확인하고 있어요",
  wrongRole: "이 화면을 쓸 수 있는 계정이 아니에요. 다른 계정으로 로그인해 주세요.",
} as const;

const roleNames: Record<string, string> = {
  agent: "상담원",
  senior_agent: "선임 상담원",
  supervisor: "상담 팀장",
  trainer: "학습 담당",
  security_reviewer: "보안 담당",
  privacy_officer: "개인정보 담당",
  administrator: "관리자",
};

export function roleName(role: Role): string {
  return roleNames[role] ?? role;
}

/** Which pages a member of staff has, and which of them the address names: pure. The gateway decides; this only hides. */
import type { Role } from "../shared/api/types";

export type Section =
  | "talks"
  | "tickets"
  | "team"
  | "approvals"
  | "ratings"
  | "macros"
  | "undelivered"
  | "hours"
  | "verification"
  | "privacy";

const atDesk = ["agent", "senior_agent", "supervisor", "administrator"];
const allowed: Record<Section, readonly string[]> = {
  talks: atDesk,
  tickets: atDesk,
  team: ["supervisor", "administrator"],
  approvals: ["supervisor", "administrator"],
  ratings: ["supervisor", "administrator"],
  macros: ["supervisor", "administrator"],
  undelivered: ["supervisor", "administrator"],
  hours: ["supervisor", "administrator"],
  verification: ["supervisor", "security_reviewer", "administrator"],
  privacy: ["privacy_officer", "administrator"],
};

/** Pages of a role, the one to begin with first; none for who has nothing to do here. */
export function sectionsOf(role: Role): Section[] {
  return (Object.keys(allowed) as Section[]).filter((section) => allowed[section].includes(role));
}

/** The page that an address such as `#approvals` names, else the first. */
export function sectionAt(hash: string, sections: readonly Section[]): Section | undefined {
  return sections.find((section) => `#${section}` === hash) ?? sections[0];
}

/** Whether the role sees all conversations and may act in those of others. */
export function isLead(role: Role): boolean {
  return role === "supervisor" || role === "administrator";
}

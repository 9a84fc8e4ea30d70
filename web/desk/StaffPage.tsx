/** What a member of staff sees once logged in: the desk for who talks with customers, and the pages of their role. */
import { useEffect, useMemo, useState } from "preact/hooks";
import type { AmendsRequest } from "../shared/api/office";
import type { Session } from "../shared/api/types";
import { type Loaded, useLoad } from "../shared/staff/load";
import type { Staff } from "../shared/staff/session";
import { learnClock } from "../shared/ui/now";
import { office } from "../shared/words/office";
import { DeskPage } from "./DeskPage";
import { NoticeStack } from "./NoticeStack";
import { Notices } from "./notices";
import { ApprovalsPage } from "./office/ApprovalsPage";
import { HoursPage } from "./office/HoursPage";
import { MacrosPage } from "./office/MacrosPage";
import { PrivacyPage } from "./office/PrivacyPage";
import { VerificationPage } from "./office/VerificationPage";
import { type Section, sectionAt, sectionsOf } from "./sections";
import { TopBar } from "./TopBar";

const APPROVALS_EVERY_MS = 15_000;

export function StaffPage({ staff, session }: { staff: Staff; session: Session }) {
  const sections = useMemo(() => sectionsOf(session.agent.role), [session.agent.role]);
  const section = useSection(sections);
  const pending = useLoad<{ requests: AmendsRequest[] }>(
    staff,
    sections.includes("approvals") ? "/api/desk/approvals" : null,
    APPROVALS_EVERY_MS,
  );
  const counts = { approvals: pending.value?.requests.length ?? 0 };
  useEffect(() => void learnClock(), []);
  const page = (notices: Notices) => (
    <Page staff={staff} session={session} notices={notices} section={section} pending={pending} />
  );
  const bar = { staff, session, sections, section, counts };
  return sections.includes("talks") ? <DeskPage {...bar} page={page} /> : <OfficeOnly {...bar} page={page} />;
}

export interface PageFrameProps {
  staff: Staff;
  session: Session;
  sections: readonly Section[];
  section: Section | undefined;
  counts: Partial<Record<Section, number>>;
  /** Draws the page that was chosen, where it is not the conversations. */
  page(notices: Notices): preact.ComponentChild;
}

/** The frame for roles that do not talk with customers. */
function OfficeOnly({ page, ...bar }: PageFrameProps) {
  const notices = useMemo(() => new Notices(), []);
  return (
    <div class="desk" data-section={bar.section}>
      <TopBar {...bar} />
      {page(notices)}
      <NoticeStack notices={notices} onOpen={() => undefined} />
    </div>
  );
}

interface PageProps {
  staff: Staff;
  session: Session;
  notices: Notices;
  section: Section | undefined;
  pending: Loaded<{ requests: AmendsRequest[] }>;
}

function Page({ staff, session, notices, section, pending }: PageProps) {
  if (section === "approvals")
    return <ApprovalsPage staff={staff} session={session} notices={notices} pending={pending} />;
  if (section === "macros") return <MacrosPage staff={staff} notices={notices} />;
  if (section === "hours") return <HoursPage staff={staff} notices={notices} />;
  if (section === "verification") return <VerificationPage staff={staff} />;
  if (section === "privacy") return <PrivacyPage staff={staff} notices={notices} />;
  return <main class="office center">{office.nothingForRole}</main>;
}

/** The page that the address names; it changes with the address, so that the browser's own way back works. */
function useSection(sections: readonly Section[]): Section | undefined {
  const [hash, setHash] = useState(location.hash);
  useEffect(() => {
    const onChange = () => setHash(location.hash);
    addEventListener("hashchange", onChange);
    return () => removeEventListener("hashchange", onChange);
  }, []);
  return sectionAt(hash, sections);
}

/** The desk: lists, conversation, customer; at phone width one of them at a time. */
import type { ComponentChildren } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Staff } from "../shared/staff/session";
import { useStore } from "../shared/store";
import { tabTitle, desk as words } from "../shared/words/desk";
import { ConversationPane } from "./ConversationPane";
import { Desk } from "./desk";
import { HelpDialog } from "./HelpDialog";
import { Lists } from "./Lists";
import { NoticeStack } from "./NoticeStack";
import { OfferCards } from "./OfferCards";
import { RatingsPage } from "./office/RatingsPage";
import { TeamPage } from "./office/TeamPage";
import { TicketsPage } from "./office/TicketsPage";
import { UndeliveredPage } from "./office/UndeliveredPage";
import { SidePanel } from "./SidePanel";
import type { PageFrameProps } from "./StaffPage";
import { StateLines } from "./StateLines";
import { isLead, type Section } from "./sections";
import { areShortcutsOn, useShortcuts } from "./shortcut-hook";
import type { Command } from "./shortcuts";
import { DeskStatus, TopBar } from "./TopBar";
import { unreadCount } from "./unread";

export type View = "list" | "talk" | "info";

export function DeskPage({ page, ...bar }: PageFrameProps) {
  const { staff, session, section } = bar;
  const isTalking = section === "talks";
  const desk = useMemo(() => new Desk(staff, session), [staff, session]);
  const state = useStore(desk.state);
  const [view, setView] = useState<View>(state.openId ? "talk" : "list");
  const [isHelpOpen, setHelpOpen] = useState(false);
  const [isOn, setOn] = useState(areShortcutsOn);
  const command = useRef<(command: Command) => void>(() => undefined);

  useEffect(() => {
    desk.start();
    return () => desk.stop();
  }, [desk]);

  const unread = (state.mine ?? []).map((item) => {
    const messages = state.details[item.conversation_id]?.messages ?? [];
    return unreadCount(messages, state.lastRead[item.conversation_id]);
  });
  const unreadTotal = unread.reduce((sum, count) => sum + count, 0);
  useEffect(() => {
    document.title = tabTitle(unreadTotal, state.queue?.length ?? 0);
  }, [unreadTotal, state.queue?.length]);

  const open = (conversation_id: string) => {
    desk.open(conversation_id);
    setView("talk");
    if (!isTalking) location.hash = "talks";
  };
  const isMine = state.mine?.some((item) => item.conversation_id === state.openId) ?? false;

  useShortcuts(isOn, (asked) => {
    if (asked.kind === "help") return setHelpOpen(true);
    if (asked.kind === "accept") {
      const offer = desk.offers.open.value[0];
      if (!offer) return;
      open(offer.conversation.conversation_id);
      return void desk.handling.acceptOffer(offer);
    }
    if (!isTalking) return;
    if (asked.kind === "open-mine") {
      const item = state.mine?.[asked.index];
      return item && open(item.conversation_id);
    }
    if (asked.kind === "next" || asked.kind === "previous") {
      const all = [...(state.queue ?? []), ...(state.mine ?? [])].map((item) => item.conversation_id);
      const at = state.openId ? all.indexOf(state.openId) : -1;
      const to = all[asked.kind === "next" ? at + 1 : Math.max(0, at - 1)];
      return to && open(to);
    }
    return command.current(asked);
  });

  return (
    <div class="desk" data-view={view} data-section={section}>
      <TopBar {...bar} counts={{ ...bar.counts, talks: isTalking ? 0 : unreadTotal }}>
        <DeskStatus desk={desk} unread={unreadTotal} onHelp={() => setHelpOpen(true)} />
      </TopBar>
      <StateLines desk={desk} state={state} />
      {isTalking ? (
        <>
          <ViewTabs view={view} onView={setView} unread={unreadTotal} />
          <Lists desk={desk} state={state} unread={unread} onOpen={open} />
          <ConversationPane
            key={state.openId ?? "none"}
            staff={staff}
            desk={desk}
            state={state}
            isMine={isMine}
            isLead={isLead(session.agent.role)}
            commandRef={command}
          />
          <SidePanel
            staff={staff}
            session={session}
            desk={desk}
            detail={state.openId ? state.details[state.openId] : undefined}
            isMine={isMine}
          />
        </>
      ) : (
        <DeskSection staff={staff} desk={desk} section={section} onOpen={open}>
          {page(desk.notices)}
        </DeskSection>
      )}
      <OfferCards desk={desk} onOpen={open} />
      <NoticeStack notices={desk.notices} onOpen={open} />
      {isHelpOpen && <HelpDialog isOn={isOn} onSwitch={setOn} onClose={() => setHelpOpen(false)} />}
    </div>
  );
}

interface DeskSectionProps {
  staff: Staff;
  desk: Desk;
  section: Section | undefined;
  onOpen(conversation_id: string): void;
  children: ComponentChildren;
}

/** The pages that draw what the desk holds; `children` are the others. */
function DeskSection({ staff, desk, section, onOpen, children }: DeskSectionProps) {
  if (section === "tickets") return <TicketsPage staff={staff} desk={desk} onOpen={onOpen} />;
  if (section === "team") return <TeamPage desk={desk} onOpen={onOpen} />;
  if (section === "undelivered") return <UndeliveredPage staff={staff} notices={desk.notices} onOpen={onOpen} />;
  if (section === "ratings") return <RatingsPage staff={staff} onOpen={onOpen} />;
  return <>{children}</>;
}

function ViewTabs({ view, onView, unread }: { view: View; onView(view: View): void; unread: number }) {
  const names: [View, string][] = [
    ["list", unread > 0 ? `${words.list} (${unread})` : words.list],
    ["talk", words.talk],
    ["info", words.info],
  ];
  return (
    <nav class="view-tabs">
      {names.map(([name, label]) => (
        <button
          key={name}
          type="button"
          class={`view-tab ${name}`}
          aria-current={view === name ? "page" : undefined}
          onClick={() => onView(name)}
        >
          {label}
        </button>
      ))}
    </nav>
  );
}

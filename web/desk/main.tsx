/** Entry of the agents' desk. */
import { render } from "preact";
import "../shared/styles/tokens.css";
import "../shared/styles/base.css";
import "../shared/styles/chat.css";
import "./desk.css";
import "./office/office.css";
import "./flow.css";
import "./ticket.css";
import { SessionGate } from "../shared/staff/SessionGate";
import { Staff } from "../shared/staff/session";
import { desk as words } from "../shared/words/desk";
import { StaffPage } from "./StaffPage";

const staff = new Staff();
const root = document.getElementById("app");
if (root) {
  render(
    <SessionGate staff={staff} title={words.title}>
      {(session) => <StaffPage key={session.agent.agent_id} staff={staff} session={session} />}
    </SessionGate>,
    root,
  );
}

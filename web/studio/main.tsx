/** Entry of the trainers' studio. */
import { render } from "preact";
import "../shared/styles/tokens.css";
import "../shared/styles/base.css";
import "./studio.css";
import { SessionGate } from "../shared/staff/SessionGate";
import { Staff } from "../shared/staff/session";
import { studio as words } from "../shared/words/studio";
import { StudioPage } from "./StudioPage";

const staff = new Staff();
const root = document.getElementById("app");
if (root) {
  render(
    <SessionGate staff={staff} title={words.title}>
      {(session) => <StudioPage key={session.agent.agent_id} staff={staff} session={session} />}
    </SessionGate>,
    root,
  );
}

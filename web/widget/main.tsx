/** Entry of the customer's page. */
import { render } from "preact";
import "../shared/styles/tokens.css";
import "../shared/styles/base.css";
import "../shared/styles/chat.css";
import "./widget.css";
import { App } from "./App";

const root = document.getElementById("app");
if (root) render(<App />, root);

/** Entry of the studio page. */
import { render } from "preact";
import "../shared/styles/tokens.css";
import "../shared/styles/base.css";

const root = document.getElementById("app");
if (root) render(<main />, root);

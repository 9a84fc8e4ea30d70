/** A titled list of lines; nothing at all when it is empty, so that what is there stands out. */
import type { Line } from "./context-lines";

export function Lines({ title, lines: shown, isRow }: { title?: string; lines: Line[]; isRow?: boolean }) {
  if (shown.length === 0) return null;
  return (
    <div class="lines">
      {title && <h3>{title}</h3>}
      <ul class={isRow ? "row" : ""}>
        {shown.map((line, index) => (
          <li key={index} class={line.isAlarming ? "alarming" : ""}>
            <span>
              {line.isAlarming && <span aria-hidden="true">! </span>}
              {line.main}
            </span>
            {line.more && <span class="quiet">{line.more}</span>}
          </li>
        ))}
      </ul>
    </div>
  );
}

/** A ticket's tags: seen, taken off, put on. */
import { useState } from "preact/hooks";
import { ticketWords as words } from "../shared/words/tickets";
import type { TicketTools } from "./TicketPanel";

export function TagsPart({ tools }: { tools: TicketTools }) {
  const { ticket, change, act, canChange } = tools;
  const [text, setText] = useState("");
  const add = async () => {
    const tags = [...ticket.tags, ...text.split(",").map((tag) => tag.trim())].filter(Boolean);
    if (await change("PUT", "tags", { tags })) setText("");
  };
  if (!canChange && ticket.tags.length === 0) return null;
  return (
    <div class="lines">
      <h3>{words.tags}</h3>
      <ul class="panel-tags">
        {ticket.tags.map((tag) => (
          <li key={tag} class="tag">
            #{tag}
            {canChange && (
              <button
                type="button"
                class="tag-off"
                aria-label={`${tag} ${words.removeTag}`}
                disabled={act.isBusy}
                onClick={() => void change("PUT", "tags", { tags: ticket.tags.filter((one) => one !== tag) })}
              >
                ✕
              </button>
            )}
          </li>
        ))}
      </ul>
      {canChange && (
        <form
          class="ticket-row"
          onSubmit={(event) => {
            event.preventDefault();
            if (text.trim()) void add();
          }}
        >
          <input
            class="input small"
            data-testid="tag-input"
            aria-label={words.addTag}
            placeholder={words.tagHint}
            value={text}
            onInput={(event) => setText(event.currentTarget.value)}
          />
          <button type="submit" class="button small" disabled={act.isBusy || text.trim() === ""}>
            {words.addTag}
          </button>
        </form>
      )}
    </div>
  );
}

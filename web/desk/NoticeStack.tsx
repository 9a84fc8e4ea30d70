/** Soft notices at the edge of the desk. */
import { useStore } from "../shared/store";
import { common } from "../shared/words/common";
import { desk as words } from "../shared/words/desk";
import type { Notices } from "./notices";

export function NoticeStack({ notices, onOpen }: { notices: Notices; onOpen(conversation_id: string): void }) {
  const shown = useStore(notices.shown);
  return (
    <section class="notices" aria-label={words.notices} aria-live="polite">
      {shown.map((notice) => (
        <div key={notice.id} class={`toast ${notice.tone}`} data-testid="toast">
          <p>
            {notice.tone === "alarm" && <span aria-hidden="true">! </span>}
            {notice.text}
          </p>
          {notice.opens && (
            <button
              type="button"
              class="link"
              onClick={() => {
                if (notice.opens) onOpen(notice.opens);
                notices.dismiss(notice.id);
              }}
            >
              {words.open}
            </button>
          )}
          <button type="button" class="link" aria-label={common.close} onClick={() => notices.dismiss(notice.id)}>
            ✕
          </button>
        </div>
      ))}
    </section>
  );
}

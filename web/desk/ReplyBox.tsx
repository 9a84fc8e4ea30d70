/** Answer to the customer, or a note for colleagues; each conversation keeps its own drafts of both. */
import type { RefObject } from "preact";
import { Composer } from "../shared/chat/Composer";
import { type SetDraft, useDraft } from "../shared/chat/draft";
import { desk as words } from "../shared/words/desk";
import type { Desk } from "./desk";

export interface ReplyBoxProps {
  desk: Desk;
  id: string;
  mode: "reply" | "note";
  onMode(mode: "reply" | "note"): void;
  reply: string;
  onReply: SetDraft;
  inputRef: RefObject<HTMLTextAreaElement | null>;
}

export function ReplyBox({ desk, id, mode, onMode, reply, onReply, inputRef }: ReplyBoxProps) {
  const [note, setNote] = useDraft(`desk:${desk.me}:note:${id}`);

  const sendNote = async (text: string) => {
    setNote("");
    const isKept = await desk.note(id, text);
    if (!isKept) setNote((current) => (current ? `${text}\n${current}` : text));
  };

  return (
    <footer class={`talk-foot ${mode}`}>
      <div class="modes" role="tablist">
        <button type="button" role="tab" aria-selected={mode === "reply"} onClick={() => onMode("reply")}>
          {words.replyTab}
        </button>
        <button
          type="button"
          role="tab"
          aria-selected={mode === "note"}
          data-testid="note"
          onClick={() => onMode("note")}
        >
          {words.note}
        </button>
      </div>
      {mode === "reply" ? (
        <Composer
          key="reply"
          draft={reply}
          onDraft={(text) => {
            onReply(text);
            desk.following.typed(id, text);
          }}
          onSend={(text) => {
            onReply("");
            desk.say(id, text);
          }}
          label={words.reply}
          placeholder={words.replyPlaceholder}
          inputTestId="reply-input"
          sendTestId="reply-send"
          inputRef={inputRef}
        />
      ) : (
        <Composer
          key="note"
          draft={note}
          onDraft={setNote}
          onSend={(text) => void sendNote(text)}
          label={words.noteLabel}
          placeholder={words.notePlaceholder}
          inputTestId="note-input"
          sendTestId="note-save"
          sendLabel={words.noteSave}
          inputRef={inputRef}
        />
      )}
    </footer>
  );
}

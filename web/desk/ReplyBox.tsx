/** Answer to the customer, or a note for colleagues; each conversation keeps its own drafts of both. */
import type { RefObject } from "preact";
import { useId, useState } from "preact/hooks";
import type { FilledMacro, Macro } from "../shared/api/replies";
import type { ConversationDetail } from "../shared/api/types";
import { Composer } from "../shared/chat/Composer";
import { type SetDraft, useDraft } from "../shared/chat/draft";
import { isComposingKey } from "../shared/chat/typing";
import type { Staff } from "../shared/staff/session";
import { desk as words } from "../shared/words/desk";
import { errorWords } from "../shared/words/errors";
import { replyWords } from "../shared/words/replies";
import type { Desk } from "./desk";
import { MacroList, macroQuery, stepped, useMacros } from "./MacroPicker";
import { Suggestions } from "./Suggestions";

export interface ReplyBoxProps {
  staff: Staff;
  desk: Desk;
  detail: ConversationDetail;
  mode: "reply" | "note";
  onMode(mode: "reply" | "note"): void;
  reply: string;
  onReply: SetDraft;
  inputRef: RefObject<HTMLTextAreaElement | null>;
}

export function ReplyBox(props: ReplyBoxProps) {
  const { desk, detail, mode, onMode, inputRef } = props;
  const id = detail.conversation_id;
  const [note, setNote] = useDraft(`desk:${desk.me}:note:${id}`);

  const sendNote = async (text: string) => {
    setNote("");
    const isKept = await desk.handling.note(id, text);
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
        <Reply {...props} />
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

/** The reply with what helps to write it: suggestions above, prepared words behind `/`. */
function Reply({ staff, desk, detail, reply, onReply, inputRef }: ReplyBoxProps) {
  const id = detail.conversation_id;
  const listId = useId();
  const query = macroQuery(reply);
  const [isShut, setShut] = useState(false);
  const [at, setAt] = useState(0);
  const isOpen = query !== null && !isShut;
  const search = useMacros(staff, isOpen ? query : null, detail.context?.skill ?? null);
  const asked_seq = detail.messages.findLast((message) => message.author === "customer")?.seq ?? 0;

  const put = (text: string) => {
    onReply(text);
    inputRef.current?.focus();
  };
  const pick = async (macro: Macro) => {
    const path = `/api/desk/conversations/${encodeURIComponent(id)}/macros/${encodeURIComponent(macro.macro_id)}`;
    try {
      const filled = await staff.call<FilledMacro>("GET", path);
      put(filled.text);
      if (filled.missing.length > 0) desk.notices.tell(replyWords.missing(filled.missing));
    } catch (error) {
      desk.notices.tell(errorWords(error), "alarm");
    }
  };
  const onKey = (event: KeyboardEvent): boolean => {
    if (!isOpen || isComposingKey(event)) return false;
    const chosen = search.found[at];
    if (event.key === "ArrowDown" || event.key === "ArrowUp")
      setAt(stepped(at, event.key === "ArrowDown" ? 1 : -1, search.found.length));
    else if ((event.key === "Enter" || event.key === "Tab") && chosen) void pick(chosen);
    else if (event.key === "Escape") setShut(true);
    else return false;
    return true;
  };

  return (
    <>
      {isOpen ? (
        <MacroList id={listId} search={search} at={at} onPick={(macro) => void pick(macro)} />
      ) : (
        reply === "" && <Suggestions staff={staff} conversation_id={id} asked_seq={asked_seq} onUse={put} />
      )}
      <Composer
        key="reply"
        draft={reply}
        onDraft={(text) => {
          onReply(text);
          setAt(0);
          if (text === "") setShut(false);
          if (macroQuery(text) === null) desk.following.typed(id, text);
        }}
        onSend={(text) => {
          onReply("");
          desk.say(id, text);
        }}
        onKey={onKey}
        {...(isOpen ? { listId, chosenId: `${listId}-${at}` } : {})}
        label={words.reply}
        placeholder={words.replyPlaceholder}
        hint={replyWords.slashHint}
        inputTestId="reply-input"
        sendTestId="reply-send"
        inputRef={inputRef}
      />
    </>
  );
}

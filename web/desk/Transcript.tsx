/** Everything said so far, notes in their place, and the agent's messages still on their way. */
import { Fragment } from "preact";
import { useRef } from "preact/hooks";
import type { ConversationDetail, Note } from "../shared/api/types";
import { Bubble } from "../shared/chat/Bubble";
import { chosenLabel, isFollowing, startsDay } from "../shared/chat/messages";
import { OutgoingBubble } from "../shared/chat/OutgoingBubble";
import { useStickyScroll } from "../shared/chat/scroll";
import { dayOf, timeOfDay } from "../shared/format";
import { useStore } from "../shared/store";
import { agentTitle, common } from "../shared/words/common";
import { desk as words } from "../shared/words/desk";
import { leadWords } from "../shared/words/flow";
import type { Desk } from "./desk";
import { timeline } from "./timeline";
import { readMarkSeq } from "./unread";

export interface TranscriptProps {
  desk: Desk;
  detail: ConversationDetail;
  /** Take a rejected text back into the reply box. */
  onEdit(text: string): void;
}

export function Transcript({ desk, detail, onEdit }: TranscriptProps) {
  const id = detail.conversation_id;
  const outbox = desk.outbox(id);
  const outgoing = useStore(outbox.items);
  const box = useRef<HTMLDivElement>(null);
  const { messages, notes } = detail;
  const readSeq = readMarkSeq(messages, detail.read_up_to);
  const failed = new Set((detail.undelivered ?? []).filter((one) => one.failed_at).map((one) => one.seq));
  const isTyping = useStore(desk.following.heard.typing).has(id);
  const scroll = useStickyScroll(box, messages.length + notes.length + (isTyping ? 1 : 0), outgoing.length);

  return (
    <div class="talk-body">
      <div class="talk-scroll" ref={box}>
        <div role="log" aria-label={words.transcript} aria-live="polite" data-testid="transcript">
          <ol class="log">
            {timeline(messages, notes).map((entry) =>
              entry.kind === "note" ? (
                <NoteLine key={entry.note.note_id} note={entry.note} />
              ) : (
                <Fragment key={entry.message.seq}>
                  {startsDay(messages, entry.index) && <li class="day">{dayOf(entry.message.at)}</li>}
                  <Bubble
                    message={entry.message}
                    isMine={entry.message.author === "agent"}
                    isFollowing={isFollowing(messages, entry.index)}
                    isFollowed={isFollowing(messages, entry.index + 1)}
                  >
                    {failed.has(entry.message.seq) && (
                      <p class="undelivered-mark" data-testid="undelivered-mark">
                        ! {words.notDelivered}
                      </p>
                    )}
                    {entry.message.seq === readSeq && (
                      <p class="read-mark" data-testid="read-mark">
                        ✓ {words.readByCustomer}
                      </p>
                    )}
                    <Offered labels={labelsOf(detail, entry.index)} chosen={chosenLabel(messages, entry.index)} />
                  </Bubble>
                </Fragment>
              ),
            )}
            {outgoing.map((item) => (
              <OutgoingBubble
                key={item.client_msg_id}
                outgoing={item}
                onRetry={() => outbox.retry()}
                onEdit={(rejected) => {
                  outbox.remove(rejected.client_msg_id);
                  onEdit(rejected.text);
                }}
              />
            ))}
          </ol>
        </div>
        {isTyping && (
          <p class="answering" role="status" data-testid="customer-types">
            {words.customerTypes}
          </p>
        )}
      </div>
      {scroll.hasUnseen && (
        <button type="button" class="button small to-end" onClick={scroll.toEnd}>
          {common.newMessages} ↓
        </button>
      )}
    </div>
  );
}

/** The buttons the customer was shown, as text. */
function Offered({ labels, chosen }: { labels: string[]; chosen: string | null }) {
  if (labels.length === 0) return null;
  return (
    <ul class="offered">
      {labels.map((label) => (
        <li key={label} class="tag">
          {label === chosen && (
            <span role="img" aria-label={common.chosen}>
              ✓
            </span>
          )}{" "}
          {label}
        </li>
      ))}
    </ul>
  );
}

function NoteLine({ note }: { note: Note }) {
  return (
    <li class={`note-line ${note.kind ?? ""}`} data-testid="note-item">
      <p class="note-head">
        {note.kind === "whisper" ? leadWords.whisperMark : words.noteMark}
        <span>
          {agentTitle(note.author_name)} · <time dateTime={note.at}>{timeOfDay(note.at)}</time>
        </span>
      </p>
      <p class="note-text">{note.text}</p>
    </li>
  );
}

function labelsOf(detail: ConversationDetail, index: number): string[] {
  return detail.messages[index]?.choices?.map((choice) => choice.label) ?? [];
}

/** One message as it is read: who, what, when, with order cards and buttons. Text nodes only, never markup. */
import type { ComponentChildren } from "preact";
import type { Card, Choice, Message } from "../api/types";
import { timeOfDay } from "../format";
import { common, nameOf } from "../words/common";

export interface BubbleProps {
  message: Message;
  /** Whether the reader of this page wrote it. */
  isMine: boolean;
  /** Whether it follows another message of the same author: the name is then not said again. */
  isFollowing: boolean;
  /** Whether another of the same author follows at once: the time is then said there. */
  isFollowed: boolean;
  children?: ComponentChildren;
}

export function Bubble({ message, isMine, isFollowing, isFollowed, children }: BubbleProps) {
  const classes = ["message", `by-${message.author}`, isMine ? "mine" : "theirs", isFollowing ? "following" : ""];
  return (
    <li class={classes.filter(Boolean).join(" ")} data-author={message.author} data-seq={message.seq}>
      <p class={isFollowing ? "visually-hidden" : "message-author"}>{nameOf(message)}</p>
      {message.text && (
        <div class="message-line">
          <p class="bubble">{message.text}</p>
          {!isFollowed && (
            <time class="message-time" dateTime={message.at}>
              {timeOfDay(message.at)}
            </time>
          )}
        </div>
      )}
      {message.cards?.map((card, index) => (
        <OrderCard key={index} card={card} />
      ))}
      {children}
    </li>
  );
}

export function OrderCard({ card }: { card: Card }) {
  return (
    <section class="card" aria-label={card.title} data-testid="card">
      <h3 class="card-title">{card.title}</h3>
      <dl class="card-rows">
        {card.rows?.map((row) => (
          <div key={row.label}>
            <dt>{row.label}</dt>
            <dd>{row.value}</dd>
          </div>
        ))}
      </dl>
      {card.note && <p class="card-note">{card.note}</p>}
    </section>
  );
}

export interface ChoicesProps {
  choices: Choice[];
  label: string;
  isOpen: boolean;
  /** Label of the button that was pressed, once one was. */
  chosen: string | null;
  onChoose(choice: Choice): void;
}

export function Choices({ choices, label, isOpen, chosen, onChoose }: ChoicesProps) {
  return (
    <ul class="choices" aria-label={label}>
      {choices.map((choice, index) => (
        <li key={choice.id ?? index}>
          <button
            type="button"
            class={`choice${choice.label === chosen ? " chosen" : ""}`}
            data-testid="choice"
            disabled={!isOpen}
            onClick={() => onChoose(choice)}
          >
            {choice.label === chosen && (
              <span class="choice-mark" role="img" aria-label={common.chosen}>
                ✓
              </span>
            )}
            {choice.label}
          </button>
        </li>
      ))}
    </ul>
  );
}

/** Conversations that this agent is asked to take, with the time left; the first can be taken with a key. */
import { useEffect } from "preact/hooks";
import { useStore } from "../shared/store";
import { useTick } from "../shared/ui/now";
import { priorityWord, reasonName, skillName, desk as words } from "../shared/words/desk";
import { offerWords } from "../shared/words/flow";
import type { Desk } from "./desk";
import type { OpenOffer } from "./offers";

export function OfferCards({ desk, onOpen }: { desk: Desk; onOpen(conversation_id: string): void }) {
  const [first, ...others] = useStore(desk.offers.open);
  const accept = (offer: OpenOffer) => {
    onOpen(offer.conversation.conversation_id);
    void desk.handling.acceptOffer(offer);
  };
  return (
    <div class="offers" role="alert">
      {others.length > 0 && (
        <ul class="offer others">
          {others.map((offer) => (
            <OtherOffer key={offer.offer_id} desk={desk} offer={offer} onAccept={() => accept(offer)} />
          ))}
        </ul>
      )}
      {first && <FirstOffer key={first.offer_id} desk={desk} offer={first} onAccept={() => accept(first)} />}
    </div>
  );
}

interface OfferProps {
  desk: Desk;
  offer: OpenOffer;
  onAccept(): void;
}

/** Return the seconds left; an offer whose time is up is taken out of sight. */
function useSecondsLeft(desk: Desk, offer: OpenOffer): number {
  const left_s = Math.max(0, (offer.ends_ms - useTick(250)) / 1000);
  useEffect(() => {
    if (left_s === 0) desk.offers.drop(offer.offer_id);
  }, [desk, offer.offer_id, left_s]);
  return left_s;
}

function FirstOffer({ desk, offer, onAccept }: OfferProps) {
  const left_s = useSecondsLeft(desk, offer);
  const { conversation } = offer;
  const span_s = (Date.parse(offer.due_at) - Date.parse(offer.offered_at)) / 1000;
  const urgent = priorityWord(conversation.priority);
  return (
    <section class="offer" data-testid="offer" data-conversation={conversation.conversation_id}>
      <p class="list-line">
        <strong>{offerWords.title}</strong>
        <span class="offer-left" aria-hidden="true">
          {Math.ceil(left_s)}초
        </span>
      </p>
      <progress class="offer-time" aria-hidden="true" max={span_s} value={left_s} />
      <p class="list-line">
        <strong>{conversation.customer?.name ?? words.anonymous}</strong>
        <span class="tag strong">{skillName(conversation.skill)}</span>
        {urgent && <span class="tag alarm">! {urgent}</span>}
        <span class="tag">{reasonName(conversation.reason)}</span>
      </p>
      {conversation.summary && <p class="offer-summary">{conversation.summary}</p>}
      <div class="buttons end">
        <button
          type="button"
          class="button small"
          data-testid="offer-decline"
          onClick={() => void desk.handling.declineOffer(offer)}
        >
          {offerWords.decline}
        </button>
        <button type="button" class="button small primary" data-testid="offer-accept" onClick={onAccept}>
          {offerWords.accept} <kbd>A</kbd>
        </button>
      </div>
    </section>
  );
}

/** One that comes after the first: a line. */
function OtherOffer({ desk, offer, onAccept }: OfferProps) {
  const left_s = useSecondsLeft(desk, offer);
  const { conversation } = offer;
  const name = conversation.customer?.name ?? words.anonymous;
  return (
    <li class="list-line" data-testid="other-offer" data-conversation={conversation.conversation_id}>
      <strong>{name}</strong>
      <span class="tag strong">{skillName(conversation.skill)}</span>
      <span class="offer-left" aria-hidden="true">
        {Math.ceil(left_s)}초
      </span>
      <button type="button" class="button small" aria-label={`${name} ${offerWords.accept}`} onClick={onAccept}>
        {offerWords.accept}
      </button>
    </li>
  );
}

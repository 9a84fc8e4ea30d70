/** Conversations that this agent is asked to take, with the time left; the first can be taken with a key. */
import { useEffect } from "preact/hooks";
import { useStore } from "../shared/store";
import { useTick } from "../shared/ui/now";
import { priorityWord, reasonName, skillName, desk as words } from "../shared/words/desk";
import { offerWords } from "../shared/words/flow";
import type { Desk } from "./desk";
import type { OpenOffer } from "./offers";

export function OfferCards({ desk, onOpen }: { desk: Desk; onOpen(conversation_id: string): void }) {
  const offers = useStore(desk.offers.open);
  return (
    <div class="offers" role="alert">
      {offers.map((offer) => (
        <OfferCard key={offer.offer_id} desk={desk} offer={offer} onOpen={onOpen} />
      ))}
    </div>
  );
}

interface OfferCardProps {
  desk: Desk;
  offer: OpenOffer;
  onOpen(conversation_id: string): void;
}

function OfferCard({ desk, offer, onOpen }: OfferCardProps) {
  const left_s = Math.max(0, (offer.ends_ms - useTick(250)) / 1000);
  const { conversation } = offer;
  const span_s = (Date.parse(offer.due_at) - Date.parse(offer.offered_at)) / 1000;
  const urgent = priorityWord(conversation.priority);
  useEffect(() => {
    if (left_s === 0) desk.offers.drop(offer.offer_id);
  }, [desk, offer.offer_id, left_s]);
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
          onClick={() => void desk.declineOffer(offer)}
        >
          {offerWords.decline}
        </button>
        <button
          type="button"
          class="button small primary"
          data-testid="offer-accept"
          onClick={() => {
            onOpen(conversation.conversation_id);
            void desk.acceptOffer(offer);
          }}
        >
          {offerWords.accept} <kbd>A</kbd>
        </button>
      </div>
    </section>
  );
}

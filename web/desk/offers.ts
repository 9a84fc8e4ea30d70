/**
 * What this agent is asked to take, each until its time is up by this browser's own clock: seconds left are what the
 * gateway says, so a desk whose clock is wrong still counts right.
 */
import type { Offer } from "../shared/api/types";
import type { Staff } from "../shared/staff/session";
import { Store } from "../shared/store";

export interface OpenOffer extends Offer {
  ends_ms: number;
}

/** Return the offers with their ends; one that is known keeps the end it was first given. */
export function withEnds(known: readonly OpenOffer[], offers: readonly Offer[], now_ms: number): OpenOffer[] {
  return offers.map((offer) => {
    const before = known.find((one) => one.offer_id === offer.offer_id);
    return { ...offer, ends_ms: before?.ends_ms ?? now_ms + offer.seconds_left * 1000 };
  });
}

export class Offers {
  readonly open = new Store<readonly OpenOffer[]>([]);
  readonly #staff: Staff;

  constructor(staff: Staff) {
    this.#staff = staff;
  }

  async fetch(): Promise<void> {
    const { offers } = await this.#staff.call<{ offers: Offer[] }>("GET", "/api/desk/offers");
    this.open.set(withEnds(this.open.value, offers, Date.now()));
  }

  async decline(offer: OpenOffer): Promise<void> {
    this.drop(offer.offer_id);
    await this.#staff.call("POST", `/api/desk/offers/${encodeURIComponent(offer.offer_id)}/decline`, { body: {} });
  }

  drop(offer_id: string): void {
    this.open.set(this.open.value.filter((offer) => offer.offer_id !== offer_id));
  }
}

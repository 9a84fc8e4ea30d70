/** Whether this agent is there: said by them, or changed for them because they let offers pass. */
import type { Presence } from "../shared/api/types";
import type { Staff } from "../shared/staff/session";
import type { Store } from "../shared/store";
import { errorWords } from "../shared/words/errors";
import type { DeskState } from "./desk-state";
import type { Notices } from "./notices";
import type { Overview } from "./overview";

export class MyPresence {
  readonly #staff: Staff;
  readonly #me: string;
  readonly #state: Store<DeskState>;
  readonly #overview: Overview;
  readonly #notices: Notices;
  /** While a change is on its way, what the team's list says of this agent is old. */
  #isChanging = false;

  constructor(staff: Staff, me: string, state: Store<DeskState>, overview: Overview, notices: Notices) {
    this.#staff = staff;
    this.#me = me;
    this.#state = state;
    this.#overview = overview;
    this.#notices = notices;
  }

  async say(presence: Presence): Promise<void> {
    const before = this.#state.value.presence;
    this.#isChanging = true;
    this.#state.patch({ presence, isPresenceChanged: false });
    try {
      await this.#staff.call("PUT", "/api/desk/presence", { body: { state: presence } });
      await this.#overview.settled();
    } catch (error) {
      this.#state.patch({ presence: before });
      this.#notices.tell(errorWords(error), "alarm");
    } finally {
      this.#isChanging = false;
    }
  }

  /** The page must not go on saying that somebody is there whom the desk takes to be away. */
  follow(): void {
    const presence = this.#overview.state.value.team?.find((one) => one.agent_id === this.#me)?.presence;
    if (!presence || presence === this.#state.value.presence || this.#isChanging) return;
    this.#state.patch({ presence, isPresenceChanged: true });
  }
}

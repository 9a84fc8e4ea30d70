/** Conversations that this agent has just closed: the place stays taken until the work after it is done. */
import type { Staff } from "../shared/staff/session";
import { Store } from "../shared/store";

export interface WrapUp {
  conversation_id: string;
  version: number;
  name: string;
  until: string;
}

export class WrapUps {
  readonly open = new Store<readonly WrapUp[]>([]);

  readonly #staff: Staff;

  constructor(staff: Staff) {
    this.#staff = staff;
  }

  /** Free the place now. Raises what the gateway answers. */
  async finish(conversation_id: string, version: number): Promise<void> {
    this.end(conversation_id);
    const path = `/api/desk/conversations/${encodeURIComponent(conversation_id)}/wrap-up`;
    await this.#staff.call("POST", path, { body: { version } });
  }

  begin(wrapUp: WrapUp): void {
    this.open.set([...this.open.value, wrapUp]);
  }

  end(conversation_id: string): void {
    this.open.set(this.open.value.filter((one) => one.conversation_id !== conversation_id));
  }
}

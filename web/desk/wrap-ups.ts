/** Conversations that this agent has just closed: the place stays taken until the work after it is done. */
import { Store } from "../shared/store";

export interface WrapUp {
  conversation_id: string;
  version: number;
  name: string;
  until: string;
}

export class WrapUps {
  readonly open = new Store<readonly WrapUp[]>([]);

  begin(wrapUp: WrapUp): void {
    this.open.set([...this.open.value, wrapUp]);
  }

  end(conversation_id: string): void {
    this.open.set(this.open.value.filter((one) => one.conversation_id !== conversation_id));
  }
}

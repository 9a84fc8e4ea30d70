/** Soft notices: shown for a while, never in the way, at most four at once. */
import { newUuid } from "../shared/ids";
import { Store } from "../shared/store";

export interface Notice {
  id: string;
  text: string;
  tone: "plain" | "alarm";
  /** Conversation that the notice is about, to be opened from it. */
  opens?: string;
}

const SHOWN_MS = 8_000;
const MOST = 4;

export class Notices {
  readonly shown = new Store<readonly Notice[]>([]);

  tell(text: string, tone: Notice["tone"] = "plain", opens?: string): void {
    const notice: Notice = { id: newUuid(), text, tone, ...(opens ? { opens } : {}) };
    this.shown.set([...this.shown.value, notice].slice(-MOST));
    setTimeout(() => this.dismiss(notice.id), SHOWN_MS);
  }

  dismiss(id: string): void {
    this.shown.set(this.shown.value.filter((notice) => notice.id !== id));
  }

  /** Take back what is told of conversations that do not wait any more. */
  keepOnly(waiting: ReadonlySet<string>): void {
    this.shown.set(this.shown.value.filter((notice) => !notice.opens || waiting.has(notice.opens)));
  }
}

/** One change at a time from a page of staff: busy while it runs, what came of it told in a soft notice. */
import { useState } from "preact/hooks";
import { errorWords } from "../../shared/words/errors";
import type { Notices } from "../notices";

export interface Act {
  isBusy: boolean;
  /** Run `work`; returns whether it went well. What fails is told, and nothing is thrown. */
  run(work: () => Promise<unknown>, done?: string): Promise<boolean>;
}

export function useAct(notices: Notices): Act {
  const [isBusy, setBusy] = useState(false);
  const run = async (work: () => Promise<unknown>, done?: string) => {
    setBusy(true);
    try {
      await work();
      if (done) notices.tell(done);
      return true;
    } catch (error) {
      notices.tell(errorWords(error), "alarm");
      return false;
    } finally {
      setBusy(false);
    }
  };
  return { isBusy, run };
}

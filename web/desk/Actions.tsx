/** Giving a conversation away: back to the bot, to another team, or to its end. Each asks first. */
import { useState } from "preact/hooks";
import { Confirm } from "../shared/ui/Confirm";
import { skillNames, desk as words } from "../shared/words/desk";
import type { Desk, Move } from "./desk";

type Asking = Exclude<Move, "claim"> | null;

const questions = {
  "return-to-bot": { title: words.returnAsk, text: words.returnWhy, yes: words.returnYes },
  transfer: { title: words.transferAsk, text: words.transferWhy, yes: words.transferYes },
  close: { title: words.closeAsk, text: words.closeWhy, yes: words.closeYes },
} as const;

export function Actions({ desk, id, isBusy }: { desk: Desk; id: string; isBusy: boolean }) {
  const [asking, setAsking] = useState<Asking>(null);
  const [skill, setSkill] = useState("general");

  const confirm = async () => {
    if (!asking) return;
    await desk.move(id, asking, asking === "transfer" ? { skill } : {});
    setAsking(null);
  };

  return (
    <div class="talk-actions">
      <button type="button" class="button small" data-testid="return-to-bot" onClick={() => setAsking("return-to-bot")}>
        {words.returnToBot}
      </button>
      <button type="button" class="button small" data-testid="transfer" onClick={() => setAsking("transfer")}>
        {words.transfer}
      </button>
      <button type="button" class="button small alarm" data-testid="close" onClick={() => setAsking("close")}>
        {words.close}
      </button>
      {asking && (
        <Confirm
          {...questions[asking]}
          no={words.cancel}
          isBusy={isBusy}
          onYes={() => void confirm()}
          onNo={() => setAsking(null)}
        >
          {asking === "transfer" && (
            <label class="field transfer-field">
              <span>{words.transferSkill}</span>
              <select
                data-testid="transfer-skill"
                value={skill}
                onChange={(event) => setSkill(event.currentTarget.value)}
              >
                {Object.entries(skillNames).map(([value, name]) => (
                  <option key={value} value={value}>
                    {name}
                  </option>
                ))}
              </select>
            </label>
          )}
        </Confirm>
      )}
    </div>
  );
}

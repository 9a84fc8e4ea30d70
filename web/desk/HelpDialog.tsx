/** The shortcuts, and the switch for those who do not want them. */
import { Dialog } from "../shared/ui/Confirm";
import { common } from "../shared/words/common";
import { shortcutWords, desk as words } from "../shared/words/desk";
import { switchShortcuts } from "./shortcut-hook";

export interface HelpDialogProps {
  isOn: boolean;
  onSwitch(isOn: boolean): void;
  onClose(): void;
}

export function HelpDialog({ isOn, onSwitch, onClose }: HelpDialogProps) {
  return (
    <Dialog title={words.help} onClose={onClose}>
      <p class="quiet">{words.helpHint}</p>
      <dl class="shortcuts">
        {shortcutWords.map(({ keys, does }) => (
          <div key={does}>
            <dt>{keys.map((key) => (key === "–" ? key : <kbd key={key}>{key}</kbd>))}</dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <label class="switch">
        <input
          type="checkbox"
          checked={isOn}
          onChange={(event) => {
            switchShortcuts(event.currentTarget.checked);
            onSwitch(event.currentTarget.checked);
          }}
        />
        {words.shortcutsOn}
      </label>
      <div class="dialog-buttons">
        <button type="button" class="button primary" onClick={onClose}>
          {common.close}
        </button>
      </div>
    </Dialog>
  );
}

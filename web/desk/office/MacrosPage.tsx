/** The prepared words of all teams: read, written, changed and taken away by supervisors. */
import { useState } from "preact/hooks";
import type { Macro } from "../../shared/api/replies";
import { useLoad } from "../../shared/staff/load";
import type { Staff } from "../../shared/staff/session";
import { Confirm, Dialog } from "../../shared/ui/Confirm";
import { common } from "../../shared/words/common";
import { skillName, skillNames } from "../../shared/words/desk";
import { macroWords as words } from "../../shared/words/replies";
import type { Notices } from "../notices";
import { type Act, useAct } from "./act";
import { Nothing, OfficePage, WhenLoaded } from "./OfficePage";

export function MacrosPage({ staff, notices }: { staff: Staff; notices: Notices }) {
  const loaded = useLoad<{ macros: Macro[] }>(staff, "/api/desk/macros");
  const [editing, setEditing] = useState<Macro | "new" | null>(null);
  const [removing, setRemoving] = useState<Macro | null>(null);
  const act = useAct(notices);
  const remove = async (macro: Macro) => {
    const path = `/api/desk/macros/${encodeURIComponent(macro.macro_id)}?version=${macro.version}`;
    await act.run(() => staff.call("DELETE", path), words.removed);
    setRemoving(null);
    await loaded.reload();
  };
  const tools = (
    <button type="button" class="button small primary" data-testid="macro-add" onClick={() => setEditing("new")}>
      + {words.add}
    </button>
  );
  return (
    <OfficePage title={words.title} hint={words.hint} tools={tools}>
      <WhenLoaded loaded={loaded}>
        {({ macros }) =>
          macros.length === 0 ? (
            <Nothing title={words.empty} />
          ) : (
            <ul class="cards">
              {macros.map((macro) => (
                <li key={macro.macro_id} class="panel office-card" data-testid="macro-card">
                  <p class="list-line">
                    <strong>{macro.name}</strong>
                    <span class="tag strong">{macro.skill ? skillName(macro.skill) : words.allSkills}</span>
                  </p>
                  <p class="said">{macro.text}</p>
                  <div class="buttons end">
                    <button type="button" class="button small" onClick={() => setRemoving(macro)}>
                      {words.remove}
                    </button>
                    <button type="button" class="button small" onClick={() => setEditing(macro)}>
                      {words.edit}
                    </button>
                  </div>
                </li>
              ))}
            </ul>
          )
        }
      </WhenLoaded>
      {editing && (
        <MacroDialog
          staff={staff}
          act={act}
          macro={editing === "new" ? null : editing}
          onClose={() => {
            setEditing(null);
            void loaded.reload();
          }}
        />
      )}
      {removing && (
        <Confirm
          title={words.removeAsk}
          text={words.removeWhy}
          yes={words.remove}
          no={common.cancel}
          isBusy={act.isBusy}
          onYes={() => void remove(removing)}
          onNo={() => setRemoving(null)}
        >
          <p class="said">{removing.name}</p>
        </Confirm>
      )}
    </OfficePage>
  );
}

interface MacroDialogProps {
  staff: Staff;
  act: Act;
  macro: Macro | null;
  onClose(): void;
}

interface Placeholders {
  placeholders: { name: string; means: string }[];
}

function MacroDialog({ staff, act, macro, onClose }: MacroDialogProps) {
  const [form, setForm] = useState({ name: macro?.name ?? "", text: macro?.text ?? "", skill: macro?.skill ?? "" });
  const places = useLoad<Placeholders>(staff, "/api/desk/macros/placeholders");
  const set = (part: Partial<typeof form>) => setForm((before) => ({ ...before, ...part }));
  const send = async () => {
    const body = {
      name: form.name.trim(),
      text: form.text.trim(),
      skill: form.skill || null,
      intents: macro?.intents ?? [],
      ...(macro ? { version: macro.version } : {}),
    };
    const path = macro ? `/api/desk/macros/${encodeURIComponent(macro.macro_id)}` : "/api/desk/macros";
    if (await act.run(() => staff.call(macro ? "PUT" : "POST", path, { body }), words.saved)) onClose();
  };
  return (
    <Dialog title={macro ? words.edit : words.add} onClose={onClose}>
      <form
        class="office-form"
        onSubmit={(event) => {
          event.preventDefault();
          void send();
        }}
      >
        <label class="field">
          <span>{words.name}</span>
          <input
            required
            data-testid="macro-name"
            value={form.name}
            onInput={(event) => set({ name: event.currentTarget.value })}
          />
        </label>
        <label class="field">
          <span>{words.skill}</span>
          <select value={form.skill} onChange={(event) => set({ skill: event.currentTarget.value })}>
            <option value="">{words.allSkills}</option>
            {Object.entries(skillNames).map(([id, name]) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </select>
        </label>
        <label class="field">
          <span>{words.text}</span>
          <textarea
            rows={6}
            required
            data-testid="macro-text"
            value={form.text}
            onInput={(event) => set({ text: event.currentTarget.value })}
          />
        </label>
        <details>
          <summary>{words.places}</summary>
          <dl class="facts wide">
            {(places.value?.placeholders ?? []).map((place) => (
              <div key={place.name}>
                <dt>{`{${place.name}}`}</dt>
                <dd>{place.means}</dd>
              </div>
            ))}
          </dl>
        </details>
        <div class="dialog-buttons">
          <button type="button" class="button" onClick={onClose}>
            {common.cancel}
          </button>
          <button type="submit" class="button primary" data-testid="macro-save" disabled={act.isBusy}>
            {words.save}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

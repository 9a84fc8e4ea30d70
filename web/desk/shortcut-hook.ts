/** Listens for the desk's shortcuts; they can be switched off, as single keys must be. */
import { useEffect, useRef } from "preact/hooks";
import { type Command, commandOf } from "./shortcuts";

const KEY = "ieum:desk-shortcuts";

export function areShortcutsOn(): boolean {
  try {
    return localStorage.getItem(KEY) !== "off";
  } catch {
    return true;
  }
}

export function switchShortcuts(isOn: boolean): void {
  try {
    localStorage.setItem(KEY, isOn ? "on" : "off");
  } catch {
    // The choice then lasts as long as the page.
  }
}

export function useShortcuts(isOn: boolean, run: (command: Command) => void): void {
  const latest = useRef(run);
  latest.current = run;
  useEffect(() => {
    if (!isOn) return;
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || document.querySelector("dialog[open]")) return;
      const command = commandOf(event, isField(event.target));
      if (!command) return;
      event.preventDefault();
      if (command.kind === "leave-field") (document.activeElement as HTMLElement | null)?.blur();
      else latest.current(command);
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, [isOn]);
}

function isField(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches("input, textarea, select");
}

/**
 * Which key does what at the desk, as a pure map. Keys are told apart by their place on the keyboard: with Hangul
 * switched on the same key gives `ㅊ` instead of `c`.
 */
export type Command =
  | { kind: "open-mine"; index: number }
  | { kind: "next" }
  | { kind: "previous" }
  | { kind: "claim" }
  | { kind: "accept" }
  | { kind: "reply" }
  | { kind: "note" }
  | { kind: "leave-field" }
  | { kind: "help" };

export interface DeskKey {
  key: string;
  code: string;
  altKey: boolean;
  ctrlKey: boolean;
  metaKey: boolean;
  shiftKey: boolean;
  isComposing: boolean;
}

const plain: Record<string, Command> = {
  KeyJ: { kind: "next" },
  KeyK: { kind: "previous" },
  KeyC: { kind: "claim" },
  KeyA: { kind: "accept" },
  KeyR: { kind: "reply" },
  KeyN: { kind: "note" },
};

/** Return what a key asks for, null for nothing. `isTyping`: the key was pressed in a field. */
export function commandOf(key: DeskKey, isTyping: boolean): Command | null {
  if (key.isComposing || key.ctrlKey || key.metaKey) return null;
  if (key.code === "Escape") return isTyping ? { kind: "leave-field" } : null;
  const index = /^Digit[1-4]$/.test(key.code) ? Number(key.code.slice(5)) - 1 : -1;
  if (index >= 0 && !key.shiftKey && (key.altKey || !isTyping)) return { kind: "open-mine", index };
  if (key.code === "KeyA" && key.altKey && !key.shiftKey) return { kind: "accept" };
  if (isTyping || key.altKey) return null;
  if (key.key === "?" || (key.code === "Slash" && key.shiftKey)) return { kind: "help" };
  return key.shiftKey ? null : (plain[key.code] ?? null);
}

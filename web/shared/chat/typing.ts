/**
 * Pure rules of the typing box: when Enter sends, how long a message may be, what is taken out of it.
 *
 * While Hangul is being composed, Enter belongs to the input method: it ends the syllable. Sending then would
 * lose or double the last letter.
 */

export const MAX_LENGTH = 2000;
const COUNTER_FROM = 1800;
/** What browsers report for a key that an input method has taken; Safari still does so right after composition. */
const TAKEN_BY_INPUT_METHOD = 229;

export interface KeyPress {
  key: string;
  shiftKey: boolean;
  isComposing: boolean;
  keyCode: number;
}

export function isComposingKey(press: Pick<KeyPress, "isComposing" | "keyCode">): boolean {
  return press.isComposing || press.keyCode === TAKEN_BY_INPUT_METHOD;
}

export function shouldSend(press: KeyPress): boolean {
  return press.key === "Enter" && !press.shiftKey && !isComposingKey(press);
}

/** Count as the gateway counts: an emoji outside the basic plane is one character, not two. */
export function lengthOf(text: string): number {
  let length = 0;
  for (const _ of text) length += 1;
  return length;
}

/** Return how many characters are left once that is worth showing, else null. Negative: too many. */
export function remaining(text: string): number | null {
  const length = lengthOf(text);
  return length >= COUNTER_FROM ? MAX_LENGTH - length : null;
}

/** Return the text as it may be sent: line ends made one kind, control characters and broken letters taken out. */
export function cleaned(text: string): string {
  return (
    text
      .replace(/\r\n?/g, "\n")
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out; tab and newline stay
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g, "")
      .replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, "")
      .trim()
  );
}

export function canSend(text: string): boolean {
  const clean = cleaned(text);
  return clean.length > 0 && lengthOf(clean) <= MAX_LENGTH;
}

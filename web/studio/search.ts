/** Finding an intent by what a trainer types: words in any order, and first consonants alone (`ㅂㅅ` finds 배송). Pure. */
import type { Intent } from "../shared/api/types";

const FIRST_CONSONANTS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ";
const HANGUL_FIRST = 0xac00;
const HANGUL_LAST = 0xd7a3;
const LETTERS_PER_CONSONANT = 588;

/** Return `배송` as `ㅂㅅ`; other letters stay. */
export function firstConsonants(text: string): string {
  return [...text]
    .map((letter) => {
      const code = letter.charCodeAt(0);
      if (code < HANGUL_FIRST || code > HANGUL_LAST) return letter;
      return FIRST_CONSONANTS[Math.floor((code - HANGUL_FIRST) / LETTERS_PER_CONSONANT)] ?? letter;
    })
    .join("");
}

/** Return the intents in which every word of `query` occurs, name hits before meaning hits; all for an empty query. */
export function findIntents(intents: readonly Intent[], query: string): Intent[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const byName: Intent[] = [];
  const byMeaning: Intent[] = [];
  for (const intent of intents) {
    if (words.every((word) => occurs(word, intent.ko))) byName.push(intent);
    else if (words.every((word) => occurs(word, `${intent.ko} ${intent.means}`))) byMeaning.push(intent);
  }
  return [...byName, ...byMeaning];
}

function occurs(word: string, text: string): boolean {
  const plain = text.toLowerCase();
  if (plain.includes(word)) return true;
  return /^[ㄱ-ㅎ]+$/.test(word) && firstConsonants(plain).includes(word);
}

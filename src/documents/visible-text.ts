/** Stands for what can not be shown. */
export const box = '□';

const blanks = /[\t\n\v\f\r\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/gu;
/** Controls, overrides of direction, halves of pairs and what is no character: they could hide something. */
const unprintable = /[\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069\ufdd0-\ufdef\ufff9-\uffff]/gu;

/** Spaces for blanks of all kinds, and boxes for what can be neither printed nor written in XML. */
export function visibleText(text: string): string {
  return text.normalize('NFC').replaceAll(blanks, ' ').replaceAll(unprintable, box);
}

/**
 * What steers a terminal or misleads its reader: control characters but tab and line feed, marks and
 * overrides of the writing direction, other ends of lines, and characters without width that part a text from
 * its look.
 */
const steering =
  /[\0-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]|\p{Surrogate}/gu;

const escaped = (char: string): string => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;

/**
 * A text for a terminal, with each such character as `\u001b`: names come from customers and from the
 * provider, and none of them may move the cursor or turn a line around. Text that is JSON means the same
 * afterwards.
 */
export function visible(text: string): string {
  return text.replaceAll(steering, escaped);
}

/** One line of a table or a report: what a name holds begins no line of its own, either. */
export function visibleLine(text: string): string {
  return visible(text).replaceAll('\n', '\\n').replaceAll('\t', '\\t');
}

/**
 * Characters by which a foreign name could steer a terminal or mislead its reader: control characters but tab
 * and line feed, marks of the writing direction, other ends of lines, and characters without width.
 */
const control = String.raw`\0-\x08\x0b-\x1f\x7f-\x9f`;
const direction = String.raw`\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb`;
const steering = new RegExp(String.raw`[${control}${direction}]|\p{Surrogate}`, 'gu');

const escaped = (char: string): string => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** A text for a terminal, with each such character as `\u001b`. JSON text keeps its meaning. */
export function visible(text: string): string {
  return text.replaceAll(steering, escaped);
}

/** One line of a table or a report: a line feed or tab in a name is escaped too. */
export function visibleLine(text: string): string {
  return visible(text).replaceAll('\n', '\\n').replaceAll('\t', '\\t');
}

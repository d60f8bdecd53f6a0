// Text for a terminal: colours where they are wanted, tables that fit one.
import { textTable, type TextColumn, type TableRow } from '../src/cli/text-table.ts';
import { visibleLine } from '../src/cli/visible.ts';

/** How wide the report is. */
export const pageWidth = 84;

/** How text is emphasised on a terminal. */
export interface Style {
  bold(text: string): string;
  dim(text: string): string;
  good(text: string): string;
  bad(text: string): string;
}

/** Colours, or plain text for a pipe and where NO_COLOR is set. */
export function styleFor(colours: boolean): Style {
  const paint = (code: number) => (text: string) => (colours ? `\x1b[${code}m${text}\x1b[0m` : text);
  return { bold: paint(1), dim: paint(2), good: paint(32), bad: paint(31) };
}

/** A column of a table; a cell that is longer than `max` is shortened. */
interface DemoColumn extends TextColumn {
  max?: number;
}

function shorten(text: string, max: number | undefined): string {
  return max === undefined || text.length <= max ? text : `${text.slice(0, max - 1)}…`;
}

/** A table whose headings and rules are dim. */
export function table(columns: readonly DemoColumn[], rows: readonly TableRow[], style: Style): string[] {
  const shortened = rows.map((row) =>
    row === '-' ? row : columns.map(({ max }, index) => shorten(visibleLine(row[index] ?? ''), max)),
  );
  const isDim = (line: number): boolean => line < 2 || rows[line - 2] === '-';
  return textTable(columns, shortened).map((text, line) =>
    isDim(line) ? `  ${style.dim(text.slice(2))}` : text,
  );
}

/** The heading of a section. */
export function section(title: string, style: Style, note = ''): string[] {
  const space = Math.max(2, pageWidth - title.length - note.length);
  return ['', `${style.bold(title)}${' '.repeat(space)}${style.dim(note)}`.trimEnd(), ''];
}

// Text for a terminal: colours where they are wanted, tables that fit one.
import { visibleLine } from '../src/cli/visible.ts';

/** How wide the report is. */
export const pageWidth = 84;

/** What of the terminal's looks may be used. */
export interface Style {
  bold(text: string): string;
  dim(text: string): string;
  good(text: string): string;
  bad(text: string): string;
}

/** Colours, or plain text for a pipe and for those who set NO_COLOR. */
export function styleFor(colours: boolean): Style {
  const paint = (code: number) => (text: string) => (colours ? `\x1b[${code}m${text}\x1b[0m` : text);
  return { bold: paint(1), dim: paint(2), good: paint(32), bad: paint(31) };
}

/** A column: its heading, and which side its cells lean to. A cell too long for `max` is shortened. */
export interface Column {
  heading: string;
  align?: 'left' | 'right';
  max?: number;
}

/** A row's cells in the order of the columns, or a rule across the table. */
export type Row = readonly string[] | '-';

function shorten(text: string, max: number | undefined): string {
  return max === undefined || text.length <= max ? text : `${text.slice(0, max - 1)}…`;
}

/** A table, indented by two, its last rows set off by a rule where one is given. */
export function table(columns: readonly Column[], rows: readonly Row[], style: Style): string[] {
  const cells = rows.map((row) =>
    row === '-' ? row : columns.map((column, index) => shorten(visibleLine(row[index] ?? ''), column.max)),
  );
  const widths = columns.map((column, index) =>
    Math.max(column.heading.length, ...cells.map((row) => (row === '-' ? 0 : (row[index] ?? '').length))),
  );
  const line = (row: readonly string[]): string =>
    row
      .map((cell, index) =>
        columns[index]?.align === 'right'
          ? cell.padStart(widths[index] ?? 0)
          : cell.padEnd(widths[index] ?? 0),
      )
      .join('   ')
      .trimEnd();
  const rule = style.dim(widths.map((width) => '─'.repeat(width)).join('───'));
  return [
    style.dim(line(columns.map(({ heading }) => heading))),
    rule,
    ...cells.map((row) => (row === '-' ? rule : line(row))),
  ].map((text) => `  ${text}`);
}

/** The heading of a section. */
export function section(title: string, style: Style, note = ''): string[] {
  const space = Math.max(2, pageWidth - title.length - note.length);
  return ['', `${style.bold(title)}${' '.repeat(space)}${style.dim(note)}`.trimEnd(), ''];
}

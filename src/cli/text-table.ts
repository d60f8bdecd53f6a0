import Table from 'cli-table3';
import { visibleLine } from './visible.ts';

/** A column of a table: its heading, and the side that its cells lean to. */
export interface TextColumn {
  heading: string;
  align?: 'left' | 'right';
}

/** A row's cells in the order of the columns (absent ones are empty), or a rule across the table. */
export type TableRow = readonly string[] | '-';

/** Columns three apart, indented by two, without a frame. */
const layout = {
  chars: {
    ...{ top: '', 'top-left': '', 'top-mid': '', 'top-right': '' },
    ...{ bottom: '', 'bottom-left': '', 'bottom-mid': '', 'bottom-right': '' },
    ...{
      left: '  ',
      middle: '   ',
      right: '',
      'left-mid': '  ',
      mid: '─',
      'mid-mid': '───',
      'right-mid': '',
    },
  },
  style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
};

/** The lines of a table: the headings, a rule, and a line for each row. It is as wide as its widest cells. */
export function textTable(columns: readonly TextColumn[], rows: readonly TableRow[]): string[] {
  const table = new Table({ ...layout, colAligns: columns.map(({ align = 'left' }) => align) });
  const cells = rows.filter((row) => row !== '-');
  table.push(
    columns.map(({ heading }) => visibleLine(heading)),
    ...cells.map((row) => columns.map((_, index) => visibleLine(row[index] ?? ''))),
    // A table of one row has no rule.
    columns.map(() => ''),
  );
  // cli-table3 draws a rule between any two rows.
  const lines = table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd());
  const texts = lines.filter((_, index) => index % 2 === 0);
  const rule = lines[1] ?? '';
  let shown = 0;
  return [texts[0] ?? '', rule, ...rows.map((row) => (row === '-' ? rule : (texts[++shown] ?? '')))];
}

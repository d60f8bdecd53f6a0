import { colors, lineHeight, paper, type TextStyle } from './canvas.ts';
import type { Flow } from './flow.ts';

/** A column; widths are points. */
export interface Column {
  title: string;
  width: number;
  align: 'left' | 'right';
}

/** One row: a text for each column. A second text of a cell is small print below the first. */
export type Cell = string | { text: string; note: string };

/** A table that breaks between its rows and repeats its head. */
export interface Table {
  /** Above the head; null: a table without a title. */
  title: { text: string; note: string | null } | null;
  columns: readonly Column[];
  rows: readonly (readonly Cell[])[];
  /** The sum below the last row, in the last column; null: none. */
  sum: { label: string; amount: string } | null;
}

const gap = 9;
const cellStyle: TextStyle = { size: 8.5 };
const noteStyle: TextStyle = { size: 7.5, color: colors.muted };
const headStyle: TextStyle = { size: 7.5, weight: 'bold', color: colors.muted };
const titleStyle: TextStyle = { size: 10.5, weight: 'bold', color: colors.accent };
const sumStyle: TextStyle = { size: 8.5, weight: 'bold' };
const padding = 4;
const sumHeight = lineHeight(sumStyle.size) + 2 * padding;
const headHeight = lineHeight(headStyle.size) + padding + 3;

/** The left edge of every column; the first takes the width that the others leave. */
function placed(columns: readonly Column[]): (Column & { x: number })[] {
  const fixed = columns.slice(1).reduce((sum, column) => sum + column.width + gap, 0);
  let x = paper.left;
  return columns.map((column, index) => {
    const width = index === 0 ? paper.right - paper.left - fixed : column.width;
    const placedColumn = { ...column, width, x };
    x += width + gap;
    return placedColumn;
  });
}

/** Draws a table and moves the flow below it. */
export function drawTable(flow: Flow, table: Table, lastNeeds = 0): void {
  const { canvas } = flow;
  const columns = placed(table.columns);
  const textOf = (cell: Cell) => (typeof cell === 'string' ? { text: cell, note: null } : cell);
  const linesOf = (cell: Cell, width: number) => {
    const { text, note } = textOf(cell);
    return {
      text: canvas.lines(text, cellStyle, width),
      note: note === null ? [] : canvas.lines(note, noteStyle, width),
    };
  };
  const heightOf = (row: readonly Cell[]): number =>
    2 * padding +
    Math.max(
      ...columns.map(({ width }, index) => {
        const { text, note } = linesOf(row[index] ?? '', width);
        return text.length * lineHeight(cellStyle.size) + note.length * lineHeight(noteStyle.size);
      }),
    );
  const drawTitle = (continued: boolean): void => {
    if (table.title === null) return;
    const text = continued ? `${table.title.text} (continued)` : table.title.text;
    flow.y = canvas.text(text, paper.left, flow.y, titleStyle, paper.right - paper.left);
    if (table.title.note !== null)
      flow.y = canvas.text(table.title.note, paper.left, flow.y, noteStyle, paper.right - paper.left);
    flow.y += 5;
  };
  const drawHead = (): void => {
    for (const { title, width, align, x } of columns) {
      const [line] = canvas.lines(title, headStyle, width + gap);
      if (line !== undefined) canvas.line(line, align === 'left' ? x : x + width, flow.y, headStyle, align);
    }
    flow.y += headHeight - 2;
    canvas.rule(flow.y, colors.accent, 0.9);
    flow.y += 2;
  };
  const titleHeight =
    table.title === null
      ? 0
      : canvas.lines(table.title.text, titleStyle, paper.right - paper.left).length *
          lineHeight(titleStyle.size) +
        (table.title.note === null ? 0 : lineHeight(noteStyle.size)) +
        5;
  const after = (index: number): number =>
    index === table.rows.length - 1 ? (table.sum === null ? 0 : sumHeight) + lastNeeds : 0;
  const first = table.rows[0];
  flow.need(titleHeight + headHeight + (first === undefined ? 0 : heightOf(first) + after(0)));
  drawTitle(false);
  drawHead();
  table.rows.forEach((row, index) => {
    const height = heightOf(row);
    if (index > 0 && flow.need(height + after(index))) {
      drawTitle(true);
      drawHead();
    }
    columns.forEach(({ width, align, x }, column) => {
      const { text, note } = linesOf(row[column] ?? '', width);
      const edge = align === 'left' ? x : x + width;
      const below = canvas.block(text, edge, flow.y + padding, cellStyle, align);
      canvas.block(note, edge, below, noteStyle, align);
    });
    flow.y += height;
    canvas.rule(flow.y, colors.rule, 0.5);
  });
  if (table.sum !== null) {
    const edge = paper.right;
    canvas.textRight(table.sum.amount, edge, flow.y + padding, sumStyle, 110);
    canvas.textRight(table.sum.label, edge - 120, flow.y + padding, sumStyle, 300);
    flow.y += sumHeight;
  }
  flow.y += 12;
}

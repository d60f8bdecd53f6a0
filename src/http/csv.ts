/** Tables as CSV (RFC 4180), which spreadsheets open without running what is in them. */

export const csvType = 'text/csv';

/** A cell. An amount of money is its decimal text: {@link centsCell}. */
export type CsvCell = string | number | boolean | null;

/** A spreadsheet takes a cell for a formula that begins so. */
const formula = /^[=+\-@\t\r]/;
const plainNumber = /^-?\d+(\.\d+)?$/;
const needsQuotes = /[",\r\n]/;

function cellText(cell: CsvCell): string {
  const text = cell === null ? '' : String(cell);
  const harmless = formula.test(text) && !plainNumber.test(text) ? `'${text}` : text;
  return needsQuotes.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

/** A line of a table. Text that a spreadsheet would run is marked as text by an apostrophe. */
export function csvLine(cells: readonly CsvCell[]): string {
  return `${cells.map(cellText).join(',')}\r\n`;
}

/** Cents as a decimal: -7064 is `-70.64`. */
export function centsCell(cents: number): string {
  const digits = String(Math.abs(cents)).padStart(3, '0');
  return `${cents < 0 ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

/** A column of a table: its name, and its cell in the line of a row. */
export type CsvColumn<Row> = readonly [name: string, cell: (row: Row) => CsvCell];

/** A table by its columns: the first line, with their names, and the line of a row. */
export interface CsvTable<Row> {
  readonly head: string;
  readonly line: (row: Row) => string;
}

/** A table of these columns, in their order. */
export const csvTable = <Row>(columns: readonly CsvColumn<Row>[]): CsvTable<Row> => ({
  head: csvLine(columns.map(([name]) => name)),
  line: (row) => csvLine(columns.map(([, cell]) => cell(row))),
});

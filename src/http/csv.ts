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

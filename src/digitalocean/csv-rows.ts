import { CsvError, parse } from 'csv-parse/sync';
import { quotedText } from '../runtime/quoted-text.ts';

/**
 * A CSV that is refused as a whole. `row` counts data rows from 1; null when the file or its header is at
 * fault.
 */
export class InvoiceCsvError extends Error {
  readonly row: number | null;
  readonly reason: string;

  constructor(row: number | null, what: string) {
    const reason = quotedText(what);
    super(row === null ? `invoice CSV: ${reason}` : `invoice CSV, row ${row}: ${reason}`);
    this.name = 'InvoiceCsvError';
    this.row = row;
    this.reason = reason;
  }
}

/** Characters that are parsed at once: a few thousand rows, which takes some milliseconds. */
const blockCharacters = 256 * 1024;
/** The most characters of a row: a longer one has lost a quote or a line end. */
const longestRow = 32 * 1024;

const delimiters = ['\r\n', '\n', '\r'];

/**
 * The rows of a CSV with its header, a block at a time, so that the reader can let other work run in between.
 * Rows without any content are left out. Throws InvoiceCsvError naming the row that is no CSV.
 */
export function* rowsOf(text: string): Generator<string[][], void> {
  let known = 0;
  for (let start = 0; start < text.length;) {
    const end = blockEnd(text, start);
    const rows = parseBlock(text.slice(start, end), known, start === 0);
    known += rows.length;
    start = end;
    yield rows;
  }
}

/** The end of the first row that ends beyond the block's size. A line end between quotes ends no row. */
function blockEnd(text: string, start: number): number {
  const least = start + blockCharacters;
  if (least >= text.length) return text.length;
  let isQuoted = false;
  for (let at = text.indexOf('"', start); at !== -1 && at < least; at = text.indexOf('"', at + 1))
    isQuoted = !isQuoted;
  const most = Math.min(text.length, least + longestRow + 1);
  for (let at = least; at < most; at += 1) {
    const char = text[at];
    if (char === '"') isQuoted = !isQuoted;
    const endsRow = char === '\n' || (char === '\r' && text[at + 1] !== '\n');
    if (endsRow && !isQuoted) return at + 1;
  }
  return most;
}

function parseBlock(block: string, known: number, isFirst: boolean): string[][] {
  try {
    return parse(block, {
      bom: isFirst,
      columns: false,
      record_delimiter: delimiters,
      relax_column_count: true,
      skip_empty_lines: true,
      skip_records_with_empty_values: true,
      max_record_size: longestRow,
    });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const records = typeof error['records'] === 'number' ? error['records'] : 0;
    const row = known + records;
    throw new InvoiceCsvError(row === 0 ? null : row, error.message);
  }
}

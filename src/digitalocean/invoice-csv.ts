import { inTurns, type Steps } from '../runtime/in-turns.ts';
import { quotedText } from '../runtime/quoted-text.ts';
import { InvoiceCsvError, rowsOf } from './csv-rows.ts';
import { readQuantity, readTime } from './csv-values.ts';
import { storableText } from './storable-json.ts';
import { UsdFormatError, usdToCents } from './usd.ts';

export { InvoiceCsvError } from './csv-rows.ts';

export interface InvoiceCsvLine {
  /** 1-based, in file order: only the number distinguishes identical rows. */
  line_no: number;
  product: string;
  group_description: string | null;
  description: string;
  /** Exact decimal; null where DigitalOcean leaves it empty (taxes, credits), and where it can't be read. */
  hours: string | null;
  /** ISO 8601 UTC; null where the row has none, and where it can't be read. */
  started_at: string | null;
  ended_at: string | null;
  /** USD cents, as given: not computed from hours. */
  amount_cents: number;
  project_name: string | null;
  category: string | null;
}

/**
 * A value that can't be read, and that no amount depends on: it is null in its line. `row` 0 is the header.
 */
export interface InvoiceCsvWarning {
  row: number;
  column: string;
  /** The text of the file, shortened. */
  value: string;
}

export interface InvoiceCsv {
  lines: InvoiceCsvLine[];
  /** The first twenty. */
  warnings: InvoiceCsvWarning[];
  /** How many there are in all. */
  warnings_count: number;
}

/** Columns without which a line has no amount, or can't be told from tax. */
const required = ['product', 'description', 'usd'] as const;
const optional = ['group_description', 'hours', 'start', 'end', 'project_name', 'category'] as const;
/** Columns that every invoice of DigitalOcean has, but that no amount depends on. */
const expected = ['start', 'end'] as const;
type Column = (typeof required)[number] | (typeof optional)[number];

/**
 * The most rows of a file, which bounds the memory that it takes. In the largest file that is read a row then
 * has some sixty bytes.
 */
const mostRows = 1_000_000;
/** How many warnings of an invoice are kept. */
export const mostWarnings = 20;
const longestValue = 100;

/**
 * Reads an invoice's CSV by the names in its header: columns may move, and new ones are ignored. Throws
 * InvoiceCsvError naming the row and the reason; there is no partial result.
 */
export async function readInvoiceCsv(text: string): Promise<InvoiceCsv> {
  return inTurns(invoiceCsvSteps(text));
}

/** The same in steps, between which other work can run. */
export function* invoiceCsvSteps(given: string): Steps<InvoiceCsv> {
  const text = storableText(given);
  let file: InvoiceFile | null = null;
  for (const rows of rowsOf(text)) {
    const header: string[] | undefined = file === null ? rows.shift() : undefined;
    if (header !== undefined) file = new InvoiceFile(header);
    for (const row of rows) file?.add(row);
    yield;
  }
  if (file === null) throw new InvoiceCsvError(null, 'no header line');
  return file.end(/[\r\n]$/.test(text));
}

/** A file while it is read: what its header says, and the lines so far. */
class InvoiceFile {
  readonly #columns = new Map<Column, number>();
  readonly #width: number;
  /** Times already read: most rows of an invoice share the month's start and end. */
  readonly #times = new Map<string, string | null>();
  readonly #lines: InvoiceCsvLine[] = [];
  readonly #warnings: InvoiceCsvWarning[] = [];
  #warned = 0;
  #last: readonly string[] = [];

  constructor(header: readonly string[]) {
    this.#width = header.length;
    const positions = new Map<string, number[]>();
    header.forEach((cell, index) => {
      const name = cell.trim().toLowerCase().replaceAll(/\s+/g, '_');
      positions.set(name, [...(positions.get(name) ?? []), index]);
    });
    for (const name of required) {
      if ((positions.get(name)?.length ?? 0) > 1)
        throw new InvoiceCsvError(null, `column "${name}" appears twice`);
    }
    const missing = required.filter((name) => !positions.has(name));
    if (missing.length > 0)
      throw new InvoiceCsvError(null, `missing column ${missing.map((name) => `"${name}"`).join(', ')}`);
    for (const name of [...required, ...optional]) {
      const [at, other] = positions.get(name) ?? [];
      if (other !== undefined) this.#warn(0, name, 'appears twice');
      else if (at !== undefined) this.#columns.set(name, at);
    }
    for (const name of expected) if (!positions.has(name)) this.#warn(0, name, 'missing');
  }

  /** Reads the next row. Throws InvoiceCsvError. */
  add(row: readonly string[]): void {
    const lineNo = this.#lines.length + 1;
    if (lineNo > mostRows) throw new InvoiceCsvError(null, `more than ${mostRows} rows`);
    if (row.length < this.#width) {
      throw new InvoiceCsvError(
        lineNo,
        `has ${row.length} of ${this.#width} columns; the file may be cut off`,
      );
    }
    if (row.length > this.#width && row.slice(this.#width).some((cell) => cell !== '')) {
      throw new InvoiceCsvError(lineNo, `has ${row.length} columns where the header has ${this.#width}`);
    }
    const product = this.#cell(row, 'product');
    if (product === '') throw new InvoiceCsvError(lineNo, 'product is empty');
    this.#last = row;
    this.#lines.push({
      line_no: lineNo,
      product,
      group_description: this.#cell(row, 'group_description') || null,
      description: this.#cell(row, 'description'),
      hours: this.#read(row, 'hours', lineNo, readQuantity),
      started_at: this.#read(row, 'start', lineNo, this.#time),
      ended_at: this.#read(row, 'end', lineNo, this.#time),
      amount_cents: readAmount(this.#cell(row, 'usd'), lineNo),
      project_name: this.#cell(row, 'project_name') || null,
      category: this.#cell(row, 'category') || null,
    });
  }

  end(hasFinalNewline: boolean): InvoiceCsv {
    if (!hasFinalNewline) this.#refuseCutAmount();
    return { lines: this.#lines, warnings: this.#warnings, warnings_count: this.#warned };
  }

  #cell(row: readonly string[], name: Column): string {
    const at = this.#columns.get(name);
    return at === undefined ? '' : (row[at] ?? '').trim();
  }

  /**
   * A value that no amount depends on: null where it is empty, and, with a warning, where it can't be read.
   */
  #read(
    row: readonly string[],
    name: Column,
    lineNo: number,
    reader: (text: string) => string | null,
  ): string | null {
    const text = this.#cell(row, name);
    if (text === '') return null;
    const value = reader(text);
    if (value === null) this.#warn(lineNo, name, text);
    return value;
  }

  readonly #time = (text: string): string | null => {
    const known = this.#times.get(text);
    if (known !== undefined) return known;
    const time = readTime(text);
    // The memory is bounded for a file whose rows all have times of their own.
    if (this.#times.size < 10_000) this.#times.set(text, time);
    return time;
  };

  #warn(row: number, column: string, value: string): void {
    this.#warned += 1;
    if (this.#warnings.length < mostWarnings)
      this.#warnings.push({ row, column, value: quotedText(value, [], longestValue) });
  }

  /**
   * A file without a final newline whose last cell is the amount may have lost the amount's last digits:
   * `$3.1` of `$3.11`. DigitalOcean writes two decimals: fewer of them at this place mean a cut file.
   */
  #refuseCutAmount(): void {
    if (this.#lines.length === 0 || this.#columns.get('usd') !== this.#width - 1) return;
    if (!/\.\d\d$/.test((this.#last[this.#width - 1] ?? '').trim()))
      throw new InvoiceCsvError(this.#lines.length, 'USD is cut off at the end of the file');
  }
}

function readAmount(text: string, lineNo: number): number {
  try {
    return usdToCents(text);
  } catch (error) {
    if (!(error instanceof UsdFormatError)) throw error;
    throw new InvoiceCsvError(lineNo, `USD is ${error.message}`);
  }
}

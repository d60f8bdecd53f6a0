import { CsvError, parse } from 'csv-parse/sync';
import { storableText } from './json.ts';
import { UsdFormatError, usdToCents } from './usd.ts';

export interface InvoiceCsvLine {
  /** 1-based, in file order: identical rows are possible, so the number is what tells them apart. */
  line_no: number;
  product: string;
  group_description: string | null;
  description: string;
  /** Exact decimal; null where DigitalOcean leaves it empty (taxes, credits). */
  hours: string | null;
  /** ISO 8601 UTC. */
  started_at: string;
  ended_at: string;
  /** USD cents, as given: never recomputed from hours. */
  amount_cents: number;
  project_name: string | null;
  category: string | null;
}

/** A CSV that is refused as a whole. `row` counts data rows from 1; null when the file or its header is at fault. */
export class InvoiceCsvError extends Error {
  readonly row: number | null;
  readonly reason: string;

  constructor(row: number | null, reason: string) {
    super(row === null ? `invoice CSV: ${reason}` : `invoice CSV, row ${String(row)}: ${reason}`);
    this.name = 'InvoiceCsvError';
    this.row = row;
    this.reason = reason;
  }
}

const required = ['product', 'description', 'start', 'end', 'usd'] as const;
const optional = ['group_description', 'hours', 'project_name', 'category'] as const;
type Column = (typeof required)[number] | (typeof optional)[number];
type Columns = ReadonlyMap<Column, number>;

interface CsvFile {
  columns: Columns;
  /** Columns of the header. */
  width: number;
  /** Times already read: most rows of an invoice share the month's start and end. */
  times: Map<string, string>;
}

/**
 * Reads an invoice's CSV by the names in its header, so that a column that moves or a new one breaks nothing.
 * Throws InvoiceCsvError naming the row and the reason; there is no partial result.
 */
export function parseInvoiceCsv(text: string): { lines: InvoiceCsvLine[] } {
  const [header, ...rows] = readRows(storableText(text));
  if (header === undefined) throw new InvoiceCsvError(null, 'no header line');
  const columns = readHeader(header);
  const file: CsvFile = { columns, width: header.length, times: new Map() };
  const lines = rows.map((row, index) => readLine(row, index + 1, file));
  refuseCutAmount(text, rows, columns, header.length);
  return { lines };
}

function readRows(text: string): string[][] {
  try {
    return parse(text, { bom: true, columns: false, relax_column_count: true, skip_empty_lines: true });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const records = typeof error['records'] === 'number' ? error['records'] : 0;
    throw new InvoiceCsvError(records === 0 ? null : records, error.message);
  }
}

function readHeader(header: readonly string[]): Columns {
  const positions = new Map<string, number>();
  header.forEach((cell, index) => {
    const name = cell.trim().toLowerCase().replaceAll(/\s+/g, '_');
    if (positions.has(name) && name !== '') throw new InvoiceCsvError(null, `column "${name}" appears twice`);
    positions.set(name, index);
  });
  const missing = required.filter((name) => !positions.has(name));
  if (missing.length > 0) throw new InvoiceCsvError(null, `missing column ${missing.map((name) => `"${name}"`).join(', ')}`);
  const columns = new Map<Column, number>();
  for (const name of [...required, ...optional]) {
    const at = positions.get(name);
    if (at !== undefined) columns.set(name, at);
  }
  return columns;
}

function readLine(row: readonly string[], lineNo: number, file: CsvFile): InvoiceCsvLine {
  const { columns, width } = file;
  if (row.length < width) {
    throw new InvoiceCsvError(lineNo, `has ${String(row.length)} of ${String(width)} columns; the file may be cut off`);
  }
  if (row.slice(width).some((cell) => cell !== '')) {
    throw new InvoiceCsvError(lineNo, `has ${String(row.length)} columns where the header has ${String(width)}`);
  }
  const cell = (name: Column): string => {
    const at = columns.get(name);
    return at === undefined ? '' : (row[at] ?? '').trim();
  };
  if (cell('product') === '') throw new InvoiceCsvError(lineNo, 'product is empty');
  return {
    line_no: lineNo,
    product: cell('product'),
    group_description: cell('group_description') || null,
    description: cell('description'),
    hours: readHours(cell('hours'), lineNo),
    started_at: readTime(cell('start'), 'start', lineNo, file),
    ended_at: readTime(cell('end'), 'end', lineNo, file),
    amount_cents: readAmount(cell('usd'), lineNo),
    project_name: cell('project_name') || null,
    category: cell('category') || null,
  };
}

function readAmount(text: string, lineNo: number): number {
  try {
    return usdToCents(text);
  } catch (error) {
    if (!(error instanceof UsdFormatError)) throw error;
    throw new InvoiceCsvError(lineNo, `USD is ${error.message}`);
  }
}

function readHours(text: string, lineNo: number): string | null {
  if (text === '') return null;
  if (!/^-?\d{1,15}(?:\.\d{1,12})?$/.test(text)) throw new InvoiceCsvError(lineNo, `hours is not a decimal: ${JSON.stringify(text)}`);
  return text;
}

const timePattern = /^(\d{4})-(\d{2})-(\d{2})[ T](\d{2}):(\d{2}):(\d{2}) ?(?:Z|UTC|([+-])(0\d|1[0-4]):?([0-5]\d))$/;

/** `2026-04-01 00:00:00 +0000` as ISO 8601 UTC. A day or an hour that no calendar has is refused, never rolled over. */
function readTime(text: string, column: 'start' | 'end', lineNo: number, { times }: CsvFile): string {
  const known = times.get(text);
  if (known !== undefined) return known;
  const refuse = (): InvoiceCsvError => new InvoiceCsvError(lineNo, `${column} is not a time: ${JSON.stringify(text)}`);
  const match = timePattern.exec(text);
  if (match === null) throw refuse();
  const [, year, month, day, hour, minute, second, sign = '+', offsetHours = '00', offsetMinutes = '00'] = match;
  const local = `${year ?? ''}-${month ?? ''}-${day ?? ''}T${hour ?? ''}:${minute ?? ''}:${second ?? ''}`;
  const milliseconds = Date.parse(`${local}Z`);
  if (Number.isNaN(milliseconds) || !new Date(milliseconds).toISOString().startsWith(local)) throw refuse();
  const offsetMs = (Number(offsetHours) * 60 + Number(offsetMinutes)) * 60_000;
  const utc = new Date(sign === '-' ? milliseconds + offsetMs : milliseconds - offsetMs);
  const iso = utc.toISOString().replace('.000Z', 'Z');
  times.set(text, iso);
  return iso;
}

/**
 * A file without a final newline whose last cell is the amount may have lost the amount's last digits: `$3.1` of
 * `$3.11`. DigitalOcean writes two decimals, so that there fewer of them mean a cut.
 */
function refuseCutAmount(text: string, rows: readonly string[][], columns: Columns, width: number): void {
  const last = rows.at(-1);
  if (last === undefined || /[\r\n]$/.test(text) || columns.get('usd') !== width - 1) return;
  if (!/\.\d\d$/.test((last[width - 1] ?? '').trim())) throw new InvoiceCsvError(rows.length, 'USD is cut off at the end of the file');
}

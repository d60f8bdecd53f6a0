// Sums over an invoice's rows, in whole cents.
import { parse } from 'csv-parse/sync';
import type { SimulatedInvoiceItem } from './types.ts';

/** A row of an invoice CSV by header name. */
export type CsvRow = Record<string, string>;

/** The rows of a CSV of any variant; columns are found by name. */
export const csvRows = (csv: string | Buffer): CsvRow[] =>
  parse(csv, { columns: true, bom: true, relax_column_count: true, skip_empty_lines: true });

/** Cents of an amount in a CSV: `$3.11`, `-$1.00`, `$-1.00`, `$1,234.56`. */
export const centsOf = (text: string): bigint => {
  const plain = text.replace(/[$,\s]/g, '');
  const parts = /^(-?)(\d+)(?:\.(\d{1,2}))?$/.exec(plain);
  if (parts === null) throw new Error(`not an amount: ${text}`);
  const cents = BigInt(parts[2] ?? '0') * 100n + BigInt((parts[3] ?? '').padEnd(2, '0'));
  return parts[1] === '-' ? -cents : cents;
};

/** Cents as a decimal string with two places, e.g. -1.05. */
export const amountText = (cents: bigint): string => {
  const digits = (cents < 0n ? -cents : cents).toString().padStart(3, '0');
  return `${cents < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
};

/** The rows of a CSV; null for one with an amount that can't be read, which is broken on purpose. */
export const readableRows = (csv: string | Buffer): CsvRow[] | null => {
  try {
    const rows = csvRows(csv);
    rows.forEach((row) => centsOf(row['USD'] ?? '0'));
    return rows;
  } catch {
    return null;
  }
};

/** Sum in cents of the rows of one product, or of all rows. */
export const sumOf = (rows: readonly CsvRow[], product?: string): bigint =>
  rows
    .filter((row) => product === undefined || row['product'] === product)
    .reduce((sum, row) => sum + centsOf(row['USD'] ?? '0'), 0n);

/** `2026-04-01 00:00:00 +0000` as the JSON form writes it, `2026-04-01T00:00:00Z`. */
const jsonTime = (text: string): string => text.replace(/^(\S+) (\S+) \+0000$/, '$1T$2Z');

/** The JSON items of a CSV, in its order, without resource ids; none for a broken one. */
export const itemsOf = (csv: string | Buffer): SimulatedInvoiceItem[] =>
  (readableRows(csv) ?? []).map((row) => ({
    product: row['product'] ?? '',
    ...(row['group_description'] ? { group_description: row['group_description'] } : {}),
    description: row['description'] ?? '',
    amount: amountText(centsOf(row['USD'] ?? '0')),
    duration: row['hours'] ?? '',
    duration_unit: row['hours'] ? 'Hours' : '',
    start_time: jsonTime(row['start'] ?? ''),
    end_time: jsonTime(row['end'] ?? ''),
    ...(row['project_name'] ? { project_name: row['project_name'] } : {}),
    ...(row['category'] ? { category: row['category'] } : {}),
  }));

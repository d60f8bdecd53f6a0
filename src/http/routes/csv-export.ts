/** Lists that are also a table for spreadsheets. */
import { z } from 'zod';
import { Refused, refuseField } from '../../ledger/refusal.ts';
import { csvType, type CsvTable } from '../csv.ts';
import type { StreamedForm } from '../route.ts';
import { pageQuery, queryInteger } from '../schemas.ts';

/** The parameter that asks for the table. */
export const formatQuery = {
  format: z
    .enum(['json', 'csv'])
    .optional()
    .meta({ description: `csv: all there is, line by line; the same as Accept: ${csvType}` }),
};

/** Those of a list that is read page by page, or whole as the table. */
export const listQuery = {
  limit: queryInteger(1, 500).optional().meta({ description: 'at most so many rows; 50 by default' }),
  cursor: pageQuery.cursor,
  ...formatQuery,
};

/** The most rows that are read at once for an export. */
export const exportRows = 500;

/** The form of such an answer. */
export const csvForm = (description: string): StreamedForm => ({
  contentType: `${csvType}; charset=utf-8`,
  line: z.string(),
  description: `${description} (RFC 4180).`,
});

/**
 * Whether a request wants the table.
 * @throws {Refused} one of a page or of sums: an export has all rows
 */
export function wantsCsv(
  asked: { format?: 'json' | 'csv' | undefined } & Record<string, unknown>,
  prefers: (type: string) => boolean,
): boolean {
  if (asked.format !== 'csv' && (asked.format !== undefined || !prefers(csvType))) return false;
  for (const name of ['limit', 'cursor', 'summary'])
    if (asked[name] !== undefined) throw new Refused(refuseField(name, 'an export has all rows'));
  return true;
}

/**
 * The lines of a list, read page by page.
 * @param read the rows behind one, null for the first: at most {@link exportRows}
 */
export async function* csvRows<Row>(
  table: CsvTable<Row>,
  read: (after: Row | null) => Promise<readonly Row[]>,
): AsyncGenerator<string> {
  yield table.head;
  for (let after: Row | null = null, isMore = true; isMore;) {
    const rows: readonly Row[] = await read(after);
    yield rows.map((row) => table.line(row)).join('');
    after = rows.at(-1) ?? null;
    isMore = rows.length === exportRows;
  }
}

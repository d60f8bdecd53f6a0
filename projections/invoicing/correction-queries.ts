import type { Db } from '../../src/database/db.ts';
import type { CorrectionKind, CorrectionPurpose } from '../../src/events/invoicing.ts';
import type { Row } from '../../src/read-models/projection.ts';
import { canonicalDecimal } from '../../src/pricing/money.ts';
import { corrections, documentNumbers, tenantInvoices } from './tables.ts';

/** A credit or debit note; `number` is null until one was handed out. Amounts are signed. */
export type CorrectionRow = Omit<Row<typeof corrections>, 'kind' | 'purpose' | 'position'> & {
  kind: CorrectionKind;
  purpose: CorrectionPurpose;
  number: string | null;
};

/** A note with its place in the list. */
export interface ListedCorrection extends CorrectionRow {
  position: number;
}

export interface CorrectionFilter {
  /** Null: an admin, who sees all. */
  tenantId: string | null;
  invoiceId?: string | undefined;
  /** First day of a month. */
  period?: string | undefined;
}

const columns = (db: Db) => db`
  c.id, c.invoice_id, c.tenant_id, c.correction_no, c.kind, c.purpose, c.issue_no, c.subtotal_cents,
  c.tax_cents, c.total_cents, c.tax_name, c.tax_rate, c.inputs_position, c.lines_hash, c.reason, c.issued_at,
  c.due_on, n.number`;

const notes = (db: Db) => db`
  ${db(corrections.ref)} c left join ${db(documentNumbers.ref)} n on n.subject_id = c.id`;

const plain = <Note extends { tax_rate: string }>(row: Note): Note => ({
  ...row,
  tax_rate: canonicalDecimal(row.tax_rate),
});

/** The notes of an invoice, in order. */
export async function correctionsOf(db: Db, invoiceId: string): Promise<CorrectionRow[]> {
  const rows = await db<CorrectionRow[]>`
    select ${columns(db)} from ${notes(db)} where c.invoice_id = ${invoiceId} order by c.correction_no`;
  return rows.map(plain);
}

/** One note of any tenant; null: there is none. */
export async function correctionById(db: Db, id: string): Promise<CorrectionRow | null> {
  const [row] = await db<CorrectionRow[]>`select ${columns(db)} from ${notes(db)} where c.id = ${id}`;
  return row === undefined ? null : plain(row);
}

/** The numbers of notes, by note; those without one are absent. */
export async function numbersOf(db: Db, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const rows = await db<{ subject_id: string; number: string }[]>`
    select subject_id, number from ${db(documentNumbers.ref)} where subject_id = any(${[...ids]}::text[])`;
  return new Map(rows.map(({ subject_id, number }) => [subject_id, number]));
}

/** The ids of the notes of a month, as an array: else the planner looks at all notes in the list's order. */
const notesOfMonth = (db: Db, period: string) => db`
  select m.id from ${db(tenantInvoices.ref)} i join ${db(corrections.ref)} m on m.invoice_id = i.id
  where i.period_start = ${period}::date`;

/**
 * Notes, the newest first.
 * @param after the `position` of the last one of the page before
 */
export async function listCorrections(
  db: Db,
  { tenantId, invoiceId, period }: CorrectionFilter,
  { after, limit }: { after: number | null; limit: number },
): Promise<ListedCorrection[]> {
  const rows = await db<ListedCorrection[]>`
    select ${columns(db)}, c.position from ${notes(db)}
    where true
      ${tenantId === null ? db`` : db`and c.tenant_id = ${tenantId}`}
      ${invoiceId === undefined ? db`` : db`and c.invoice_id = ${invoiceId}`}
      ${period === undefined ? db`` : db`and c.id = any(array(${notesOfMonth(db, period)}))`}
      ${after === null ? db`` : db`and c.position < ${after}`}
    order by c.position desc limit ${limit}`;
  return rows.map(plain);
}

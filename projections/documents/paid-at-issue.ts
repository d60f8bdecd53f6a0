import type { Db } from '../../src/database/db.ts';
import { accountEntries, allocations } from '../receivables/tables.ts';

/** An issue of an invoice, at its place. */
interface IssueAt {
  invoice_id: string;
  /** Journal position of the issue. */
  position: number;
  issued_on: string;
  total_cents: number;
}

/**
 * What was paid of an issue when it was issued: what had been paid of an earlier issue, and what the balance
 * of that moment pays by the first settlement after it. Payments that came later, on the same day too, are
 * left out, so that it is the same whenever it is read.
 * @returns cents, at most the total
 */
export async function paidAtIssue(
  db: Db,
  { invoice_id, position, issued_on, total_cents }: IssueAt,
): Promise<number> {
  const [row] = await db<{ paid_cents: number }[]>`
    with own as (
      select a.position, a.amount_cents from ${db(allocations.ref)} a
      where a.target_id = ${invoice_id} and a.counts_on <= ${issued_on}::date
        and exists (
          select from ${db(accountEntries.ref)} e
          where e.source_id = a.source_id and e.amount_cents > 0 and e.position < ${position})),
    settled as (select min(position) as position from own where position > ${position} and amount_cents > 0)
    select coalesce(sum(own.amount_cents), 0)::bigint as paid_cents from own
    where own.position < ${position} or own.position = (select position from settled)`;
  return Math.max(0, Math.min(row?.paid_cents ?? 0, total_cents));
}

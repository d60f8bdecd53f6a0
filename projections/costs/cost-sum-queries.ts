import type { Db, Fragment } from '../../src/database/db.ts';
import { matchOfLine } from './match-of-line.ts';
import { costLines, providerInvoices } from './tables.ts';

/** What the lines of a month or an invoice are summed by. */
export const costGroupings = ['kind', 'project', 'product'] as const;
export type CostGrouping = (typeof costGroupings)[number];

/** The lines of a month with one value of the grouping. */
export interface CostSum {
  /** First day of a month. */
  period: string;
  /** `kind`: also `tax`, and `other` for lines of no kind. Null: lines of no project. */
  key: string | null;
  lines: number;
  matched: number;
  /** Of the lines that are no tax and have no resource. */
  unmatched_cents: number;
  cents: number;
}

function keyOfLine(db: Db, by: CostGrouping): Fragment {
  if (by === 'project') return db`nullif(l.project_name, '')`;
  return by === 'product'
    ? db`l.product`
    : db`case when l.is_tax then 'tax' else coalesce(l.kind, 'other') end`;
}

/** The sums of the lines that count, in cents of the provider's currency, by month and size. */
export async function costSums(
  db: Db,
  by: CostGrouping,
  of: { from: string; to: string } | { invoice_uuid: string },
): Promise<CostSum[]> {
  return db<CostSum[]>`
    select p.period, ${keyOfLine(db, by)} as key, count(*) as lines, count(m.resource_id) as matched,
      coalesce(sum(l.amount_cents) filter (where not l.is_tax and m.resource_id is null), 0)::bigint
        as unmatched_cents,
      sum(l.amount_cents)::bigint as cents
    from ${db(providerInvoices.ref)} p
    join ${db(costLines.ref)} l on l.invoice_uuid = p.uuid and l.lines_hash = p.lines_hash
    left join lateral ${matchOfLine(db)} m on true
    where ${
      'from' in of
        ? db`p.period between ${of.from}::date and ${of.to}::date`
        : db`p.uuid = ${of.invoice_uuid}`
    }
    group by 1, 2 order by 1, cents desc, 2`;
}

/** The provider's invoices of a month. */
export interface InvoicesOfMonth {
  period: string;
  invoices: number;
  /** What those that are ingested come to by themselves, in cents of the provider's currency. */
  invoiced_cents: number;
  /** Those that are not ingested: the lines lack them. */
  pending: number;
  pending_cents: number;
}

/** The invoices that count, by month; a month without any is left out. */
export async function invoicesByMonth(
  db: Db,
  { from, to }: { from: string; to: string },
): Promise<InvoicesOfMonth[]> {
  const pending = db`status = 'discovered'`;
  return db<InvoicesOfMonth[]>`
    select period, count(*) as invoices,
      coalesce(sum(amount_cents) filter (where not ${pending}), 0)::bigint as invoiced_cents,
      count(*) filter (where ${pending}) as pending,
      coalesce(sum(amount_cents) filter (where ${pending}), 0)::bigint as pending_cents
    from ${db(providerInvoices.ref)}
    where period between ${from}::date and ${to}::date and status <> 'replaced'
    group by period order by period`;
}

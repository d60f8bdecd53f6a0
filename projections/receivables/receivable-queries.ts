import type { Db, Fragment } from '../../src/database/db.ts';
import { corrections, invoiceIssues, tenantInvoices } from '../invoicing/tables.ts';
import { accountEntries, allocations } from './tables.ts';

/** What is open at the end of a day, by days past the last day to pay, and what is over. */
export interface AgedCents {
  /** Not yet due, or due on the day itself. */
  current_cents: number;
  days_1_30_cents: number;
  days_31_60_cents: number;
  days_61_90_cents: number;
  over_90_cents: number;
  /** The sum of the five. */
  total_cents: number;
  /** What of the total is an opening balance; the rest is open invoices. */
  opening_balance_cents: number;
  /** What the tenant has over. It is not taken off the total. */
  balance_cents: number;
}

/** One tenant's row. */
export interface ReceivableRow extends AgedCents {
  tenant_id: string;
}

/** The first instant after a day. */
const endOfDay = (db: Db, day: string): Fragment => db`((${day}::date + 1)::timestamp at time zone 'UTC')`;

/** Whose account is looked at. */
type Tenants = readonly string[] | 'all';

/** A further condition: the column names one of the tenants. */
const isOf = (db: Db, column: Fragment, tenants: Tenants): Fragment =>
  tenants === 'all' ? db`` : db`and ${column} = any(${[...tenants]}::text[])`;

/**
 * Parts of what was owed at the end of a day, in the order in which they are paid, as `openParts` has them:
 * the issue in force on that day, its debit notes, and opening balances.
 */
const owedParts = (db: Db, day: string, tenants: Tenants): Fragment => db`
  issue as (
    select distinct on (s.invoice_id) s.invoice_id, s.issue_no, i.tenant_id, s.due_on, s.total_cents,
      case when s.issue_no = i.issue_no then i.voided_at else s.voided_at end as voided_at,
      s.issue_no = i.issue_no and i.paid_at < ${endOfDay(db, day)} as is_paid_whole
    from ${db(invoiceIssues.ref)} s join ${db(tenantInvoices.ref)} i on i.id = s.invoice_id
    where s.issued_at < ${endOfDay(db, day)} ${isOf(db, db`i.tenant_id`, tenants)}
    order by s.invoice_id, s.issue_no desc),
  standing as (
    select * from issue where voided_at is null or voided_at >= ${endOfDay(db, day)}),
  part as (
    select invoice_id as target_id, tenant_id, due_on, 0::bigint as part_no, false as is_opening,
      case when is_paid_whole then 0 else total_cents end as owed_cents
    from standing
    union all
    select n.invoice_id, n.tenant_id, n.due_on, n.correction_no, false, n.total_cents
    from ${db(corrections.ref)} n join standing s on s.invoice_id = n.invoice_id and s.issue_no = n.issue_no
    where n.kind = 'debit_note' and n.issued_at < ${endOfDay(db, day)}
    union all
    select source_id, tenant_id, counts_on, 0, true, amount_cents from ${db(accountEntries.ref)}
    where kind = 'opening_balance' and counts_on <= ${day}::date ${isOf(db, db`tenant_id`, tenants)}),
  allocated as (
    select target_id, sum(amount_cents) as cents from ${db(allocations.ref)}
    where counts_on <= ${day}::date ${isOf(db, db`tenant_id`, tenants)} group by target_id),
  open_part as (
    select p.tenant_id, p.is_opening, ${day}::date - p.due_on as age,
      least(p.owed_cents, greatest(0,
        sum(p.owed_cents) over (
          partition by p.target_id order by (p.part_no > 0), p.due_on, p.part_no)
        - coalesce(a.cents, 0))) as cents
    from part p left join allocated a using (target_id))`;

/** What tenants had over at the end of a day. */
const balances = (db: Db, day: string, tenants: Tenants): Fragment => db`
  balance as (
    select tenant_id, sum(cents) as cents from (
      select tenant_id, amount_cents as cents from ${db(accountEntries.ref)}
      where kind <> 'opening_balance' and counts_on <= ${day}::date ${isOf(db, db`tenant_id`, tenants)}
      union all
      select tenant_id, -amount_cents from ${db(allocations.ref)}
      where counts_on <= ${day}::date ${isOf(db, db`tenant_id`, tenants)}) money
    group by tenant_id having sum(cents) <> 0)`;

const aged = (db: Db): Fragment => db`
  coalesce(sum(o.cents) filter (where o.age <= 0), 0)::bigint as current_cents,
  coalesce(sum(o.cents) filter (where o.age between 1 and 30), 0)::bigint as days_1_30_cents,
  coalesce(sum(o.cents) filter (where o.age between 31 and 60), 0)::bigint as days_31_60_cents,
  coalesce(sum(o.cents) filter (where o.age between 61 and 90), 0)::bigint as days_61_90_cents,
  coalesce(sum(o.cents) filter (where o.age > 90), 0)::bigint as over_90_cents,
  coalesce(sum(o.cents), 0)::bigint as total_cents,
  coalesce(sum(o.cents) filter (where o.is_opening), 0)::bigint as opening_balance_cents`;

/** Rows `t` of tenants with something open or over at the end of a day, to be grouped by their ids. */
const accountsOf = (db: Db, day: string, tenants: Tenants): Fragment => db`
  with ${owedParts(db, day, tenants)}, ${balances(db, day, tenants)},
  tenant as (
    select tenant_id from open_part where cents > 0 union select tenant_id from balance)
  select t.tenant_id, ${aged(db)}, coalesce(max(b.cents), 0)::bigint as balance_cents
  from tenant t left join open_part o using (tenant_id) left join balance b using (tenant_id)`;

/** Tenants with something open or over at the end of a day, by tenant id. */
export async function receivablesByTenant(
  db: Db,
  day: string,
  { after, limit }: { after: string | null; limit: number },
): Promise<ReceivableRow[]> {
  const rows = await db<ReceivableRow[]>`
    ${accountsOf(db, day, 'all')}
    ${after === null ? db`` : db`where t.tenant_id > ${after}`}
    group by t.tenant_id order by t.tenant_id limit ${limit}`;
  return [...rows];
}

/** What some tenants have open and over at the end of a day, by tenant; those with neither are missing. */
export async function receivablesOf(
  db: Db,
  day: string,
  tenantIds: readonly string[],
): Promise<Map<string, AgedCents>> {
  const rows = await db<ReceivableRow[]>`${accountsOf(db, day, tenantIds)} group by t.tenant_id`;
  return new Map(rows.map(({ tenant_id, ...figures }) => [tenant_id, figures]));
}

/** The sums over all tenants. */
export async function receivablesTotal(db: Db, day: string): Promise<AgedCents> {
  const [row] = await db<AgedCents[]>`
    with ${owedParts(db, day, 'all')}, ${balances(db, day, 'all')}
    select ${aged(db)}, coalesce((select sum(cents) from balance), 0)::bigint as balance_cents
    from open_part o`;
  if (row === undefined) throw new Error('a sum without a group has one row');
  return row;
}

import type { Db } from '../../src/database/db.ts';
import type { CostAlertKind } from '../../src/events/costs.ts';
import { matchOfLine } from './match-of-line.ts';
import { balances, costAlerts, costLines, providerInvoices, sizes } from './tables.ts';

/** An alert of the costs. Cents of the provider's currency; `cleared_at` null while it is open. */
export interface CostAlertRow {
  id: string;
  kind: CostAlertKind;
  direction: 'above' | 'below';
  day: string;
  actual_cents: number;
  expected_cents: number;
  raised_at: string;
  cleared_at: string | null;
}

const mostAlerts = 200;

/** The alerts: open ones first, then the newest; at most 200. */
export async function listCostAlerts(db: Db): Promise<CostAlertRow[]> {
  return db<CostAlertRow[]>`
    select alert_id as id, kind, direction, day, actual_cents, expected_cents, raised_at, cleared_at
    from ${db(costAlerts.ref)}
    order by cleared_at is not null, raised_at desc, alert_id limit ${mostAlerts}`;
}

/** The snapshots of the balance since an instant, oldest first. */
export async function balancesSince(
  db: Db,
  since: string,
): Promise<{ generated_at: string; month_to_date_usage_cents: number }[]> {
  return db<{ generated_at: string; month_to_date_usage_cents: number }[]>`
    select generated_at, month_to_date_usage_cents from ${db(balances.ref)}
    where generated_at >= ${since} order by position`;
}

/** Every list price that was mirrored. `hourly`: exact decimal of the currency's unit. */
export async function allListPrices(
  db: Db,
): Promise<{ slug: string; effective_from: string; monthly_cents: number; hourly: string }[]> {
  return db<{ slug: string; effective_from: string; monthly_cents: number; hourly: string }[]>`
    select slug, effective_from, monthly_cents, hourly from ${db(sizes.ref)} order by slug, effective_from`;
}

/**
 * What resources cost in the last ingested month, by line: cents of the provider's currency, for the time of
 * the line, or the month where it has none.
 */
export async function lastInvoicedCosts(
  db: Db,
): Promise<{ resource_id: string; kind: string | null; amount_cents: number; from: string; to: string }[]> {
  return db<{ resource_id: string; kind: string | null; amount_cents: number; from: string; to: string }[]>`
    select m.resource_id, l.kind, l.amount_cents,
      coalesce(l.started_at, p.period::timestamp at time zone 'UTC') as "from",
      coalesce(l.ended_at, (p.period + interval '1 month') at time zone 'UTC') as "to"
    from ${db(providerInvoices.ref)} p
    join ${db(costLines.ref)} l on l.invoice_uuid = p.uuid and l.lines_hash = p.lines_hash
    join lateral ${matchOfLine(db)} m on true
    where m.resource_id is not null and not l.is_tax
      and p.period = (select max(period) from ${db(providerInvoices.ref)} where status = 'ingested')
    order by l.invoice_uuid, l.line_no`;
}

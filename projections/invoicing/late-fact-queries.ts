import type { Db, Fragment } from '../../src/database/db.ts';
import { recordedEvents } from '../../src/journal/read-journal.ts';
import { lastDay } from '../../src/pricing/calendar.ts';
import { resourcePrices } from '../catalog/tables.ts';
import { subscriptionFacts } from '../deployments/tables.ts';
import { charges, llmUsage, usageReports, usageRecords, usageSets } from '../usage/tables.ts';
import {
  hasLateFacts,
  isLatePrice,
  isLateSubscriptionFact,
  isLateUsage,
  lateTaxRate,
  type IssueOfMonth,
  type LateFact,
} from './late-facts.ts';
import { tenantInvoices } from './tables.ts';

/** The members of a detail, of a charge of the gateway, a report and a one-off charge. */
const gatewayCharge = (db: Db): Fragment => db`
  'gateway_request_id', t.gateway_request_id, 'charge_cents', trim_scale(t.charge_cents)::text`;
const report = (db: Db): Fragment => db`
  'source', t.source, 'external_id', t.external_id, 'resource_kind', t.resource_kind,
  'qty', trim_scale(t.qty)::text`;

const oneOff = (db: Db): Fragment => db`
  'charge_id', t.id, 'description', t.description, 'amount_cents', t.amount_cents`;

/** Late usage and charges of each kind, with the columns of a {@link LateFact}. */
const lateUsage = (db: Db): Fragment => db`
  select 'usage' as kind, t.deployment_id, t.day, t.recorded_at, t.position,
    json_build_object('set_no', t.set_no, 'usage', coalesce((
      select jsonb_object_agg(sums.resource_kind, trim_scale(sums.qty)::text)
      from (
        select r.resource_kind, sum(r.qty) as qty from ${db(usageRecords.ref)} r
        where r.deployment_id = t.deployment_id and r.day = t.day and r.set_no = t.set_no
        group by r.resource_kind
      ) sums), '{}')) as detail
  from i join ${db(usageSets.ref)} t on ${isLateUsage(db, db`t.position`)}
  union all
  select 'llm_usage', t.deployment_id, t.day, t.recorded_at, t.position,
    json_build_object(${gatewayCharge(db)})
  from i join ${db(llmUsage.ref)} t on ${isLateUsage(db, db`t.position`)}
  union all
  select 'llm_usage_voided', t.deployment_id, t.day, t.voided_at, t.voided_position,
    json_build_object(${gatewayCharge(db)}, 'reason', t.void_reason)
  from i join ${db(llmUsage.ref)} t on ${isLateUsage(db, db`t.voided_position`)}
  union all
  select 'reported_usage', t.deployment_id, t.day, t.recorded_at, t.position, json_build_object(${report(db)})
  from i join ${db(usageReports.ref)} t on ${isLateUsage(db, db`t.position`)}
  union all
  select 'reported_usage_voided', t.deployment_id, t.day, t.voided_at, t.voided_position,
    json_build_object(${report(db)}, 'reason', t.void_reason)
  from i join ${db(usageReports.ref)} t on ${isLateUsage(db, db`t.voided_position`)}
  union all
  select 'charge', t.deployment_id, t.day, t.recorded_at, t.position, json_build_object(${oneOff(db)})
  from i join ${db(charges.ref)} t on ${isLateUsage(db, db`t.position`)}
  union all
  select 'charge_voided', t.deployment_id, t.day, t.voided_at, t.voided_position,
    json_build_object(${oneOff(db)}, 'reason', t.void_reason)
  from i join ${db(charges.ref)} t on ${isLateUsage(db, db`t.voided_position`)}`;

/** Late changes of subscriptions, prices and the tax rate, with the same columns. */
const lateTerms = (db: Db): Fragment => db`
  select 'subscription', f.deployment_id, f.effective_on, f.recorded_at, f.position,
    json_build_object('event', f.fact, 'event_id', f.event_id)
  from i join ${db(subscriptionFacts.ref)} f on ${isLateSubscriptionFact(db)}
  union all
  select 'resource_price', null, p.effective_from, (j.metadata->>'recorded_at')::timestamptz, p.position,
    json_build_object('resource_kind', p.resource_kind, 'unit', p.unit, 'price_cents', p.price_cents)
  from i join ${db(resourcePrices.ref)} p on ${isLatePrice(db)}
    join (${recordedEvents(db)}) j on j.position = p.position
  union all
  select 'tax_rate', null, r.effective_from, r.recorded_at, r.position,
    json_build_object('name', r.name, 'rate', trim_scale(r.rate)::text,
      'tenant_id', nullif(r.tenant_id, ''), 'reason', r.reason)
  from i cross join lateral (${lateTaxRate(db)}) r`;

/**
 * The late facts of an issue, in the order in which they were recorded.
 * @param knownAt ISO instant: only those that were recorded by then
 */
export async function lateFacts(db: Db, issue: IssueOfMonth, knownAt?: string): Promise<LateFact[]> {
  const { invoice_id, tenant_id, period_start, reviewed_position, lines_hash, tax_name, tax_rate } = issue;
  const rows = await db<LateFact[]>`
    with i as not materialized (
      select ${invoice_id}::text as id, ${tenant_id}::text as tenant_id, ${lines_hash}::text as lines_hash,
        ${period_start}::date as period_start, ${lastDay(period_start)}::date as period_end,
        ${reviewed_position}::bigint as reviewed_position,
        ${JSON.stringify(issue.unpriced)}::text::jsonb as unpriced,
        ${tax_name}::text as tax_name, ${tax_rate}::numeric as tax_rate)
    select * from (${lateUsage(db)} union all ${lateTerms(db)}) late
    ${knownAt === undefined ? db`` : db`where recorded_at <= ${knownAt}::timestamptz`}
    order by position`;
  return [...rows];
}

/**
 * Tenants whose invoice of a month, as far as it can be issued anew, has late facts: a forced rollup takes
 * them in even where they change no line.
 */
export async function tenantsWithLateFacts(
  db: Db,
  { period, tenantId }: { period: string; tenantId?: string | undefined },
): Promise<Set<string>> {
  const rows = await db<{ tenant_id: string }[]>`
    select i.tenant_id from ${db(tenantInvoices.ref)} i
    where i.period_start = ${period}::date and i.status <> 'paid'
      ${tenantId === undefined ? db`` : db`and i.tenant_id = ${tenantId}`} and ${hasLateFacts(db)}`;
  return new Set(rows.map(({ tenant_id }) => tenant_id));
}

/** The void invoices of a month that have late facts, by tenant: a reissue would bill these facts. */
export async function voidInvoicesWithLateFacts(db: Db, period: string): Promise<IssueOfMonth[]> {
  const rows = await db<IssueOfMonth[]>`
    select i.id as invoice_id, i.tenant_id, i.period_start, i.reviewed_position, i.lines_hash, i.unpriced,
      i.tax_name, i.tax_rate
    from ${db(tenantInvoices.ref)} i
    where i.period_start = ${period}::date and i.status = 'void' and ${hasLateFacts(db)}
    order by i.tenant_id`;
  return [...rows];
}

/** How many invoices of a month, void ones included, have late facts. */
export async function countWithLateFacts(db: Db, period: string): Promise<number> {
  const [row] = await db<{ count: number }[]>`
    select count(*) as count from ${db(tenantInvoices.ref)} i
    where i.period_start = ${period}::date and ${hasLateFacts(db)}`;
  return row?.count ?? 0;
}

/** Whether facts came late for an invoice. */
export async function isLate(db: Db, invoiceId: string): Promise<boolean> {
  const rows = await db`
    select from ${db(tenantInvoices.ref)} i where i.id = ${invoiceId} and ${hasLateFacts(db)}`;
  return rows.length > 0;
}

/** The invoices that late facts may correct, the oldest month first: all but void ones. */
export async function invoicesWithLateFacts(
  db: Db,
): Promise<{ invoice_id: string; tenant_id: string; period: string }[]> {
  const rows = await db<{ invoice_id: string; tenant_id: string; period: string }[]>`
    select i.id as invoice_id, i.tenant_id, i.period_start as period from ${db(tenantInvoices.ref)} i
    where i.status <> 'void' and ${hasLateFacts(db)}
    order by i.period_start, i.tenant_id`;
  return [...rows];
}

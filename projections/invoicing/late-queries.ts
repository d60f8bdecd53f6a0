import type { Db, Fragment } from '../../src/database/db.ts';
import { recordedEvents } from '../../src/journal/read-journal.ts';
import { lastDay } from '../../src/pricing/calendar.ts';
import { canonicalDecimal } from '../../src/pricing/money.ts';
import { taxesInForce } from '../../src/pricing/tax.ts';
import { resourcePrices, taxRates } from '../catalog/tables.ts';
import { taxRatesAt } from '../catalog/tax-queries.ts';
import { subscriptionFacts } from '../deployments/tables.ts';
import { usageMonths } from '../usage/tables.ts';
import { tenantInvoiceLines, tenantInvoices } from './tables.ts';

/** A late change to a subscription, a price or a tax rate. */
export type LateTerms = {
  /** The UTC day from which it is effective. */
  day: string;
  recorded_at: string;
  /** Journal position. */
  position: number;
} & (
  | { kind: 'subscription'; deployment_id: string; detail: { event: string; event_id: string } }
  | {
      kind: 'resource_price';
      deployment_id: null;
      detail: { resource_kind: string; unit: string; price_cents: number };
    }
  | {
      kind: 'tax_rate';
      deployment_id: null;
      detail: { name: string; rate: string; tenant_id: string | null; reason: string | null };
    }
);

/** What late facts are looked for: after which position, and for which invoice. */
export interface LateScope {
  tenantId: string;
  /** First day of the month. */
  period: string;
  /** The position that the invoice's inputs were read at. */
  afterPosition: number;
}

/** Changes to the tenant's subscriptions that reach back into the month, such as a backdated start. */
export async function lateSubscriptionFacts(
  db: Db,
  { tenantId, period, afterPosition }: LateScope,
): Promise<LateTerms[]> {
  const rows = await db<
    {
      deployment_id: string;
      day: string;
      event: string;
      event_id: string;
      position: number;
      recorded_at: string;
    }[]
  >`
    select deployment_id, effective_on as day, fact as event, event_id, position, recorded_at from ${db(subscriptionFacts.ref)}
    where tenant_id = ${tenantId} and effective_on <= ${lastDay(period)}::date and position > ${afterPosition}
    order by position`;
  return rows.map(({ event, event_id, ...fact }) => ({
    kind: 'subscription',
    ...fact,
    detail: { event, event_id },
  }));
}

/** What an issue left unpriced or took from a resource price. */
export interface PricedIssue {
  invoice_id: string;
  lines_hash: string;
  unpriced: readonly { resource_kind: string }[];
}

/**
 * Resource prices that were set afterwards and hold on the month's last day, of kinds that the invoice left
 * unpriced or took from a resource price.
 */
export async function lateResourcePrices(
  db: Db,
  { period, afterPosition }: LateScope,
  issue: PricedIssue,
): Promise<LateTerms[]> {
  const rows = await db<
    {
      day: string;
      resource_kind: string;
      unit: string;
      price_cents: number;
      position: number;
      recorded_at: string;
    }[]
  >`
    select p.effective_from as day, p.resource_kind, p.unit, p.price_cents, p.position,
      j.metadata ->> 'recorded_at' as recorded_at
    from ${db(resourcePrices.ref)} p join (${recordedEvents(db)}) j on j.position = p.position
    where p.effective_from <= ${lastDay(period)}::date and p.position > ${afterPosition}
      and (p.resource_kind = any(${[...new Set(issue.unpriced.map(({ resource_kind }) => resource_kind))]}::text[])
        or exists (
          select 1 from ${db(tenantInvoiceLines.ref)} l
          where l.invoice_id = ${issue.invoice_id} and l.lines_hash = ${issue.lines_hash} and l.kind = 'overage'
            and l.resource_kind = p.resource_kind and l.meta->>'priced_by' = 'resource_price'))
    order by p.position`;
  return rows.map(({ day, position, recorded_at, ...detail }) => ({
    kind: 'resource_price',
    deployment_id: null,
    day,
    position,
    recorded_at,
    detail,
  }));
}

/** The tax that an issue bears. */
export interface TaxedIssue {
  tax_name: string;
  tax_rate: string;
}

/**
 * The tax rate that was set afterwards and holds on the month's last day, where the invoice bears another
 * one.
 */
export async function lateTaxRates(
  db: Db,
  { tenantId, period, afterPosition }: LateScope,
  issue: TaxedIssue,
): Promise<LateTerms[]> {
  const rate = taxesInForce(
    await taxRatesAt(db, { onDay: lastDay(period), tenantId }),
    lastDay(period),
  )(tenantId);
  if (rate === null || rate.position <= afterPosition) return [];
  const { name, rate: inForce, tenant_id, reason, effective_from, position, recorded_at } = rate;
  if (name === issue.tax_name && inForce === canonicalDecimal(issue.tax_rate)) return [];
  return [
    {
      kind: 'tax_rate',
      deployment_id: null,
      day: effective_from,
      position,
      recorded_at,
      detail: { name, rate: inForce, tenant_id, reason },
    },
  ];
}

/**
 * Whether facts came too late for an invoice, as each invoice lists them: for a query over {@link
 * tenantInvoices} named `i`. It looks a few rows up by key, whatever the number of facts.
 */
export function isLate(db: Db): Fragment {
  return db`(
    exists (
      select from ${db(usageMonths.ref)} m
      where m.tenant_id = i.tenant_id and m.period = i.period_start and m.last_position > i.inputs_position)
    or exists (
      select from ${db(subscriptionFacts.ref)} f
      where f.tenant_id = i.tenant_id and f.effective_on <= i.period_end and f.position > i.inputs_position)
    or exists (
      select from ${db(resourcePrices.ref)} p
      where p.effective_from <= i.period_end and p.position > i.inputs_position
        and (i.unpriced @> jsonb_build_array(jsonb_build_object('resource_kind', p.resource_kind))
          or exists (
            select from ${db(tenantInvoiceLines.ref)} l
            where l.invoice_id = i.id and l.lines_hash = i.lines_hash and l.kind = 'overage'
              and l.resource_kind = p.resource_kind and l.meta->>'priced_by' = 'resource_price')))
    or exists (
      select from (
        select r.name, r.rate, r.position from ${db(taxRates.ref)} r
        where r.tenant_id in ('', i.tenant_id) and r.effective_from <= i.period_end
        order by r.tenant_id <> '' desc, r.effective_from desc, r.position desc limit 1) r
      where r.position > i.inputs_position and (r.name, r.rate) <> (i.tax_name, i.tax_rate)))`;
}

/**
 * Tenants whose invoice of a month, as far as it can be issued anew, has late facts: what a forced rollup
 * takes in even where it changes no line.
 */
export async function tenantsWithLateFacts(
  db: Db,
  { period, tenantId }: { period: string; tenantId?: string | undefined },
): Promise<Set<string>> {
  const rows = await db<{ tenant_id: string }[]>`
    select i.tenant_id from ${db(tenantInvoices.ref)} i
    where i.period_start = ${period}::date and i.status <> 'paid' ${tenantId === undefined ? db`` : db`and i.tenant_id = ${tenantId}`}
      and ${isLate(db)}`;
  return new Set(rows.map(({ tenant_id }) => tenant_id));
}

/** The issue of an invoice that is in force: what facts can be late for. */
export interface LateIssue {
  invoice_id: string;
  tenant_id: string;
  period_start: string;
  inputs_position: number;
  lines_hash: string;
  unpriced: readonly { resource_kind: string }[];
  tax_name: string;
  tax_rate: string;
}

/**
 * The void invoices of a month that facts came late for, in the order of tenants: a reissue would bill these.
 */
export async function lateVoidInvoices(db: Db, period: string): Promise<LateIssue[]> {
  const rows = await db<LateIssue[]>`
    select i.id as invoice_id, i.tenant_id, i.period_start, i.inputs_position, i.lines_hash, i.unpriced, i.tax_name, i.tax_rate
    from ${db(tenantInvoices.ref)} i
    where i.period_start = ${period}::date and i.status = 'void' and ${isLate(db)}
    order by i.tenant_id`;
  return [...rows];
}

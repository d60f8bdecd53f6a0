import type { Db } from '../../src/database/db.ts';
import { lastDay, monthOf } from '../../src/pricing/calendar.ts';
import { canonicalDecimal } from '../../src/pricing/money.ts';
import { llmUsage, reportedUsage, usageRecords, usageSets } from './tables.ts';

/** What a late fact's detail tells, by kind. */
interface Details {
  /** A set of usage records that was completed late: the day's usage since then, by billing kind (exact). */
  usage: { set_no: number; usage: Record<string, string> };
  /** A charge that was recorded late; its day is the UTC day it occurred on. */
  llm_usage: { gateway_request_id: string; charge_cents: string };
  /** A charge that was taken back late. */
  llm_usage_voided: { gateway_request_id: string; charge_cents: string; reason: string };
  /** Usage that was reported late. */
  reported_usage: { source: string; external_id: string; resource_kind: string; qty: string };
  /** Reported usage that was taken back late. */
  reported_usage_voided: {
    source: string;
    external_id: string;
    resource_kind: string;
    qty: string;
    reason: string;
  };
}

type Fact<Kind extends keyof Details> = {
  kind: Kind;
  deployment_id: string;
  day: string;
  recorded_at: string;
  /** Journal position. */
  position: number;
  detail: Details[Kind];
};

/** A fact about usage that was recorded late. */
export type LateFact = { [Kind in keyof Details]: Fact<Kind> }[keyof Details];

type Row<Kind extends keyof Details> = Omit<Fact<Kind>, 'kind' | 'detail'> & Details[Kind];

/** Of which tenant's month, and after which journal position. */
export interface LateUsageScope {
  tenantId: string;
  /** Any day of the month. */
  period: string;
  afterPosition: number;
}

const inScope = (db: Db, { period, tenantId }: LateUsageScope) => db`
  t.tenant_id = ${tenantId} and t.day between ${monthOf(period)}::date and ${lastDay(period)}::date`;

async function lateSets(db: Db, scope: LateUsageScope): Promise<LateFact[]> {
  const rows = await db<Row<'usage'>[]>`
    select t.deployment_id, t.day, t.recorded_at, t.position, t.set_no,
      coalesce((
        select jsonb_object_agg(sums.resource_kind, sums.qty::text)
        from (
          select r.resource_kind, sum(r.qty) as qty from ${db(usageRecords.ref)} r
          where r.deployment_id = t.deployment_id and r.day = t.day and r.set_no = t.set_no
          group by r.resource_kind
        ) sums), '{}') as usage
    from ${db(usageSets.ref)} t where ${inScope(db, scope)} and t.position > ${scope.afterPosition}`;
  return rows.map(({ set_no, usage, ...fact }) => {
    const exact = Object.fromEntries(
      Object.entries(usage).map(([kind, qty]) => [kind, canonicalDecimal(qty)]),
    );
    return { kind: 'usage', ...fact, detail: { set_no, usage: exact } };
  });
}

async function lateCharges(db: Db, scope: LateUsageScope): Promise<LateFact[]> {
  const rows = await db<Row<'llm_usage'>[]>`
    select t.deployment_id, t.day, t.recorded_at, t.position, t.gateway_request_id, t.charge_cents
    from ${db(llmUsage.ref)} t where ${inScope(db, scope)} and t.position > ${scope.afterPosition}`;
  return rows.map(({ gateway_request_id, charge_cents, ...fact }) => ({
    kind: 'llm_usage',
    ...fact,
    detail: { gateway_request_id, charge_cents: canonicalDecimal(charge_cents) },
  }));
}

async function lateChargeVoids(db: Db, scope: LateUsageScope): Promise<LateFact[]> {
  const rows = await db<Row<'llm_usage_voided'>[]>`
    select t.deployment_id, t.day, t.voided_at as recorded_at, t.voided_position as position,
      t.gateway_request_id, t.charge_cents, t.void_reason as reason
    from ${db(llmUsage.ref)} t where ${inScope(db, scope)} and t.voided_position > ${scope.afterPosition}`;
  return rows.map(({ gateway_request_id, charge_cents, reason, ...fact }) => {
    const detail = { gateway_request_id, charge_cents: canonicalDecimal(charge_cents), reason };
    return { kind: 'llm_usage_voided', ...fact, detail };
  });
}

async function lateReports(db: Db, scope: LateUsageScope): Promise<LateFact[]> {
  const rows = await db<Row<'reported_usage'>[]>`
    select t.deployment_id, t.day, t.recorded_at, t.position, t.source, t.external_id, t.resource_kind, t.qty
    from ${db(reportedUsage.ref)} t where ${inScope(db, scope)} and t.position > ${scope.afterPosition}`;
  return rows.map(({ source, external_id, resource_kind, qty, ...fact }) => ({
    kind: 'reported_usage',
    ...fact,
    detail: { source, external_id, resource_kind, qty: canonicalDecimal(qty) },
  }));
}

async function lateReportVoids(db: Db, scope: LateUsageScope): Promise<LateFact[]> {
  const rows = await db<Row<'reported_usage_voided'>[]>`
    select t.deployment_id, t.day, t.voided_at as recorded_at, t.voided_position as position,
      t.source, t.external_id, t.resource_kind, t.qty, t.void_reason as reason
    from ${db(reportedUsage.ref)} t
    where ${inScope(db, scope)} and t.voided_position > ${scope.afterPosition}`;
  return rows.map(({ source, external_id, resource_kind, qty, reason, ...fact }) => {
    const detail = { source, external_id, resource_kind, qty: canonicalDecimal(qty), reason };
    return { kind: 'reported_usage_voided', ...fact, detail };
  });
}

/**
 * Usage sets, LLM charges and reported usage of a tenant that concern a month and were recorded, or taken
 * back, after a journal position, in the order in which that was recorded.
 */
export async function lateFacts(db: Db, scope: LateUsageScope): Promise<LateFact[]> {
  const queries = [lateSets, lateCharges, lateChargeVoids, lateReports, lateReportVoids];
  const late = (await Promise.all(queries.map((query) => query(db, scope)))).flat();
  return late.sort((a, b) => a.position - b.position);
}

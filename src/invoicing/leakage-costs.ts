/** The costs of a month that leak, with the objects to look at. */
import { resourcesAtEnd, type ResourceAtEnd } from '../../projections/inventory/leakage-queries.ts';
import type { Db } from '../database/db.ts';
import { daysBetween, lastDay } from '../pricing/calendar.ts';
import { isShared, type MonthSharing } from '../pricing/cost-sharing.ts';
import { leakingCosts, type CostLeak, type JudgedCost } from '../pricing/leakage.ts';
import { whyUnmetered } from '../pricing/metering.ts';
import { sumCents } from '../pricing/money.ts';
import type { DayRange } from '../pricing/segments.ts';
import { groupBy } from '../runtime/group-by.ts';
import { daysInForce } from './facts-of-month.ts';
import type { LeakageItem } from './leakage-item.ts';
import type { MarginCost, MonthMargin } from './margin.ts';
import type { MonthToBill } from './month-to-bill.ts';

interface MonthCosts {
  period: string;
  month: MonthToBill;
  margin: MonthMargin;
  costs: readonly MarginCost[];
  sharing: MonthSharing;
}

type Judged = JudgedCost & MarginCost & { resource: ResourceAtEnd | null };

interface CostItems {
  items: LeakageItem[];
  at_billed_tenants: LeakageItem[];
}

/**
 * The items of a month that are costs: the lines of one object and reason are one item.
 * @param db one snapshot
 */
export async function costItems(
  db: Db,
  { period, month, margin, costs, sharing }: MonthCosts,
): Promise<CostItems> {
  const ids = costs.flatMap(({ resource_id }) => resource_id ?? []);
  const resources = new Map((await resourcesAtEnd(db, ids, period)).map((one) => [one.resource_id, one]));
  const borne = new Set(costs.map(({ deployment_id }) => deployment_id));
  const inForce = daysInForce(period, month.facts, borne);
  const judged = costs.map((cost): Judged => {
    const resource = cost.resource_id === null ? null : (resources.get(cost.resource_id) ?? null);
    const segments = cost.deployment_id === null ? [] : (inForce.get(cost.deployment_id) ?? []);
    return {
      ...cost,
      resource,
      is_shared: isShared(cost, sharing),
      is_source_gone: isSourceGone(cost, resource),
      is_unmetered: resource !== null && !resource.gone && whyUnmetered(resource) === 'unknown-size',
      ...daysOf(cost, { period, segments }),
      never_in_force: cost.deployment_id !== null && segments.length === 0,
    };
  });
  const revenue = new Map(margin.tenants.map(({ tenant_id, revenue_cents }) => [tenant_id, revenue_cents]));
  const { leaks, at_billed_tenants } = leakingCosts(judged, revenue);
  return {
    items: [...itemsOf(leaks), ...sharedItems(margin, sharing)],
    at_billed_tenants: itemsOf(at_billed_tenants),
  };
}

/** What tenants without revenue bear of the shared cost. */
function sharedItems({ tenants, deployments }: MonthMargin, { sharing }: MonthSharing): LeakageItem[] {
  const idle = tenants.filter(({ revenue_cents, shared_cents }) => revenue_cents === 0 && shared_cents !== 0);
  return idle.map(({ tenant_id, shared_cents }) => ({
    reason: 'shared',
    tenant_id,
    deployment_id: null,
    resource_kind: null,
    qty: null,
    amount_cents: shared_cents,
    value_cents: null,
    detail: {
      rule: sharing.rule,
      deployments: deployments
        .filter((one) => one.tenant_id === tenant_id && one.shared_cents !== 0)
        .map((one) => ({ deployment_id: one.deployment_id, amount_cents: one.shared_cents })),
    },
  }));
}

/** A line of backups is matched to the droplet itself. */
function isSourceGone({ kind }: MarginCost, resource: ResourceAtEnd | null): boolean {
  if (resource === null) return false;
  return resource.kind === 'droplet' && kind === 'droplet_backup' ? resource.gone : resource.is_source_gone;
}

interface InForce {
  period: string;
  segments: readonly DayRange[];
}

/** The days of a line within the month, and those of them that are not in force. */
function daysOf(
  { first_day, last_day, deployment_id }: MarginCost,
  { period, segments }: InForce,
): Pick<JudgedCost, 'days' | 'idle_days'> {
  const end = lastDay(period);
  // A line of days outside of the month is of the month that its invoice is for.
  const isWithin = first_day <= end && last_day >= period;
  const line = isWithin
    ? { from: first_day < period ? period : first_day, to: last_day > end ? end : last_day }
    : { from: period, to: end };
  const days = daysBetween(line.from, line.to) + 1;
  const covered = segments.reduce((sum, segment) => sum + commonDays(line, segment), 0);
  return { days, idle_days: deployment_id === null ? 0 : days - covered };
}

function commonDays(a: DayRange, b: DayRange): number {
  const from = a.from > b.from ? a.from : b.from;
  const to = a.to < b.to ? a.to : b.to;
  return from > to ? 0 : daysBetween(from, to) + 1;
}

/** Lines of one resource are one item; those without a resource are one each, but for an invoice's tax. */
function itemsOf(leaks: readonly CostLeak<Judged>[]): LeakageItem[] {
  const groups = groupBy(leaks, ({ reason, line }) =>
    JSON.stringify([
      reason,
      line.is_tax ? null : [line.tenant_id, line.deployment_id, line.kind, line.resource_id],
      line.is_tax || line.resource_id !== null ? line.invoice_uuid : [line.invoice_uuid, line.line_no],
    ]),
  );
  return [...groups.values()].map((group): LeakageItem => {
    const [{ reason, line }] = group;
    return {
      reason,
      tenant_id: line.is_tax ? null : line.tenant_id,
      deployment_id: line.is_tax ? null : line.deployment_id,
      resource_kind: line.kind,
      qty: null,
      amount_cents: sumCents(group.map(({ cents }) => cents)),
      value_cents: null,
      detail: {
        invoice_uuid: line.invoice_uuid,
        line_nos: group.map((one) => one.line.line_no),
        ...(line.is_tax ? {} : objectsOf(reason, line)),
      },
    };
  });
}

function objectsOf(reason: CostLeak<Judged>['reason'], line: Judged): LeakageItem['detail'] {
  const { resource_id, description, unmatched_reason, resource, days, idle_days } = line;
  if (resource_id === null) return { description, unmatched_reason };
  const days_of_line = reason === 'not-in-force' ? { days, idle_days } : {};
  return { resource_id, name: resource?.name ?? null, description, ...days_of_line };
}

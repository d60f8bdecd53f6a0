/**
 * What the running month comes to if usage goes on at its pace (spec 12): the month's one computation over
 * usage that is carried to the month's end.
 */
import {
  accruedOf,
  billableDeployments,
  isNamed,
  requireBillableBeforeTax,
  type AccruedSubscription,
} from './accrue.ts';
import { allowanceOf } from './allowance.ts';
import { noteTenant, type NotBillable, type TenantOutcomes } from './billable.ts';
import { billedMonth } from './bill-tenant.ts';
import { daysInMonth } from './calendar.ts';
import { usageLines, type BilledMonth, type DeploymentLines } from './deployment-lines.ts';
import type { ForecastCalendar } from './forecast-days.ts';
import {
  forecastQuantities,
  type ForecastQuantities,
  type Pace,
  type RecentUse,
} from './forecast-quantities.ts';
import type { TenantInvoicingInputs } from './invoice.ts';
import { sumCents, totalOf } from './money.ts';
import { segmentsOf, type Segment } from './segments.ts';

/** Cents before tax at the end of the month; null where a pace has no day to go by. */
export interface Forecast {
  /** At the pace of the month's ended days. */
  so_far_cents: number | null;
  /** At the pace of the last seven days that have ended. */
  last_7_days_cents: number | null;
}

/** A billing kind of a deployment: what is used of it and what that comes to. Quantities are base units. */
export interface ForecastKind {
  resource_kind: string;
  used_qty: string;
  /** Of the whole month, as its invoice counts it. */
  allowance_qty: string;
  forecast: {
    so_far_qty: string | null;
    so_far_overage_cents: number | null;
    last_7_days_qty: string | null;
    last_7_days_overage_cents: number | null;
  };
}

/** A deployment's share of the running month, so far and forecast. */
export interface ForecastSubscription extends AccruedSubscription {
  forecast: Forecast;
  /** What of it is the LLM gateway's. */
  llm_forecast: Forecast;
  /** Its billing kinds, by name. Most do not ask for them. */
  kinds: () => ForecastKind[];
}

/** A tenant's month. */
export interface TenantForecast {
  subscriptions: ForecastSubscription[];
  /** Why the month can't be billed at a pace, whose figures are null; null: it can be at both. */
  not_billable: NotBillable | null;
}

const paceNames = { so_far: 'at the pace so far', last_7_days: 'at the pace of the last 7 days' } as const;

/**
 * A tenant's month so far, and as it comes out at either pace.
 * @param recentOf what a deployment used lately
 * @throws RangeError for a month that could not be billed with the usage so far
 */
export function forecastTenant(
  inputs: TenantInvoicingInputs,
  recentOf: (deploymentId: string) => RecentUse,
  calendar: ForecastCalendar,
): TenantForecast {
  const billed = new Map(billableDeployments(inputs).map((lines) => [lines.deployment_id, lines]));
  const months = inputs.deployments.flatMap((one): DeploymentMonth[] => {
    const now = billed.get(one.deployment_id);
    if (now === undefined) return [];
    const segments = segmentsOf(now.runs);
    const found = forecastQuantities(one, now, recentOf(one.deployment_id), calendar);
    return [{ now, accrued: accruedOf(now, inputs.tenant_id), segments, found }];
  });
  const reasons: string[] = [];
  const terms = billedMonth(inputs);
  const at = (pace: Pace, same: MonthsLines): MonthsLines => {
    const outcome: TenantOutcomes<MonthsLines> = { results: [], not_billable: [] };
    noteTenant(outcome, inputs.tenant_id, () => {
      const lines = new Map(months.map((month) => [month, same.get(month) ?? linesAt(month, pace, terms)]));
      const totals = [...lines].map(([month, of]) => totalWith(month, of));
      requireBillableBeforeTax(sumCents(totals), inputs);
      return lines;
    });
    reasons.push(...outcome.not_billable.map(({ reason }) => `${paceNames[pace]}: ${reason}`));
    return outcome.results[0] ?? new Map<DeploymentMonth, LinesOfUsage>();
  };
  const so_far = at('so_far', new Map());
  // What comes to the same at both paces is billed once.
  const last_7_days = at('last_7_days', new Map([...so_far].filter(([{ found }]) => isOfOnePace(found))));
  const subscriptions = months
    .filter(({ now }) => isNamed(now))
    .map((month): ForecastSubscription => {
      const lines = { so_far: so_far.get(month), last_7_days: last_7_days.get(month) };
      return { ...month.accrued, ...figuresOf(month, lines, inputs.period) };
    });
  return {
    subscriptions: subscriptions.sort(byId),
    not_billable: reasons.length === 0 ? null : { tenant_id: inputs.tenant_id, reason: reasons.join('; ') },
  };
}

/** A deployment's month: its lines so far, its days in force, and what it will have used. */
interface DeploymentMonth {
  readonly now: DeploymentLines;
  readonly accrued: AccruedSubscription;
  readonly segments: readonly Segment[];
  readonly found: ForecastQuantities;
}

/** The lines that differ with the pace; the others are those so far. */
type LinesOfUsage = Pick<DeploymentLines, 'overage' | 'llm'>;

/** The lines of a tenant's deployments at a pace; none where the month can't be billed at it. */
type MonthsLines = ReadonlyMap<DeploymentMonth, LinesOfUsage>;

function byId(a: ForecastSubscription, b: ForecastSubscription): number {
  return a.deployment_id < b.deployment_id ? -1 : 1;
}

function isOfOnePace({ at: { so_far, last_7_days } }: ForecastQuantities): boolean {
  return (
    so_far.llm_cents === last_7_days.llm_cents &&
    [...so_far.usage].every(([kind, qty]) => last_7_days.usage.get(kind) === qty)
  );
}

/** The lines of the month's usage at a pace. Where a quantity is not known, what is used so far stays. */
function linesAt({ now, segments, found }: DeploymentMonth, pace: Pace, terms: BilledMonth): LinesOfUsage {
  const { usage, llm_cents } = found.at[pace];
  const used = (kind: string): string => found.used.get(kind) ?? '0';
  const billed = [...usage].map(([kind, qty]) => [kind, qty ?? used(kind)] as const);
  const charges = llm_cents ?? found.llm_charge_cents;
  if (charges === found.llm_charge_cents && billed.every(([kind, qty]) => qty === used(kind))) return now;
  const whole = {
    billed: Object.fromEntries(billed),
    llm_charges: [charges],
    gateway: { days: [], charge_cents: '0' },
  };
  return usageLines(segments, whole, terms);
}

function totalWith({ accrued }: DeploymentMonth, { overage, llm }: LinesOfUsage): number {
  const used = totalOf([...overage, ...llm].map(({ line }) => line));
  return sumCents([accrued.recurring_cents, accrued.charges_cents, used]);
}

/** The lines of a deployment at each pace; undefined: the month can't be billed at it. */
type LinesAtPaces = Readonly<Record<Pace, LinesOfUsage | undefined>>;

function figuresOf(
  month: DeploymentMonth,
  lines: LinesAtPaces,
  period: string,
): Omit<ForecastSubscription, keyof AccruedSubscription> {
  const { segments, found } = month;
  const total = (pace: Pace): number | null => {
    const of = lines[pace];
    return of === undefined || !found.at[pace].known ? null : totalWith(month, of);
  };
  const llm = (pace: Pace): number | null => {
    const of = lines[pace];
    return of === undefined || found.at[pace].llm_cents === null
      ? null
      : totalOf(of.llm.map(({ line }) => line));
  };
  return {
    forecast: { so_far_cents: total('so_far'), last_7_days_cents: total('last_7_days') },
    llm_forecast: { so_far_cents: llm('so_far'), last_7_days_cents: llm('last_7_days') },
    kinds: () =>
      [...found.at.so_far.usage.keys()].sort().map((kind) => kindOf(kind, found, lines, segments, period)),
  };
}

function kindOf(
  kind: string,
  found: ForecastQuantities,
  lines: LinesAtPaces,
  segments: readonly Segment[],
  period: string,
): ForecastKind {
  const qty = (pace: Pace): string | null => found.at[pace].usage.get(kind) ?? null;
  const cents = (pace: Pace): number | null => {
    const of = lines[pace];
    if (of === undefined || qty(pace) === null) return null;
    return totalOf(of.overage.map(({ line }) => line).filter(({ resource_kind }) => resource_kind === kind));
  };
  return {
    resource_kind: kind,
    used_qty: found.used.get(kind) ?? '0',
    allowance_qty: allowanceOf(kind, segments, daysInMonth(period)).allowance,
    forecast: {
      so_far_qty: qty('so_far'),
      so_far_overage_cents: cents('so_far'),
      last_7_days_qty: qty('last_7_days'),
      last_7_days_overage_cents: cents('last_7_days'),
    },
  };
}

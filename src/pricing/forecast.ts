/**
 * What the running month comes to if usage goes on at its pace (spec 12): the month's one computation over
 * usage that is carried to the month's end.
 */
import { accruedOf, billableDeployments, isNamed, type AccruedSubscription } from './accrue.ts';
import { allowanceOf } from './allowance.ts';
import { noteTenant, type NotBillable, type TenantOutcomes } from './billable.ts';
import { daysInMonth } from './calendar.ts';
import type { DeploymentLines } from './deployment-lines.ts';
import type { ForecastCalendar } from './forecast-days.ts';
import {
  forecastQuantities,
  type ForecastQuantities,
  type Pace,
  type RecentUse,
} from './forecast-quantities.ts';
import type { DeploymentInvoicingInputs, TenantInvoicingInputs } from './invoice.ts';
import { totalOf } from './money.ts';
import { segmentsInPeriod, type Segment } from './segments.ts';

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
  /** By name. */
  kinds: ForecastKind[];
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
  const months = inputs.deployments.map((one): DeploymentMonth => {
    const segments = segmentsInPeriod(one.facts, inputs.period);
    const recent = recentOf(one.deployment_id);
    return {
      inputs: one,
      segments,
      found: forecastQuantities(one, plannedKinds(segments), recent, calendar),
    };
  });
  const reasons: string[] = [];
  const at = (pace: Pace): ReadonlyMap<string, DeploymentLines> => {
    const deployments = months.map((month) => inputsAt(month, pace));
    const outcome: TenantOutcomes<DeploymentLines[]> = { results: [], not_billable: [] };
    noteTenant(outcome, inputs.tenant_id, () => billableDeployments({ ...inputs, deployments }));
    reasons.push(...outcome.not_billable.map(({ reason }) => `${paceNames[pace]}: ${reason}`));
    return new Map(outcome.results.flat().map((lines) => [lines.deployment_id, lines]));
  };
  const lines = { so_far: at('so_far'), last_7_days: at('last_7_days') };
  const subscriptions = months.flatMap((month): ForecastSubscription[] => {
    const id = month.inputs.deployment_id;
    const now = billed.get(id);
    if (now === undefined || !isNamed(now)) return [];
    const then = { so_far: lines.so_far.get(id), last_7_days: lines.last_7_days.get(id) };
    return [{ ...accruedOf(now, inputs.tenant_id), ...figuresOf(month, then, inputs.period) }];
  });
  return {
    subscriptions: subscriptions.sort(byId),
    not_billable: reasons.length === 0 ? null : { tenant_id: inputs.tenant_id, reason: reasons.join('; ') },
  };
}

/** A deployment's month: its inputs, its days in force, and what it will have used. */
interface DeploymentMonth {
  readonly inputs: DeploymentInvoicingInputs;
  readonly segments: readonly Segment[];
  readonly found: ForecastQuantities;
}

function byId(a: ForecastSubscription, b: ForecastSubscription): number {
  return a.deployment_id < b.deployment_id ? -1 : 1;
}

/** The kinds of the plans and addons of a month. */
function plannedKinds(segments: readonly Segment[]): string[] {
  return segments.flatMap(({ terms }) => [
    ...terms.plan.items.map(({ resource_kind }) => resource_kind),
    ...terms.addons.map(({ addon }) => addon.resource_kind),
  ]);
}

/**
 * The inputs with the usage of the whole month. Only the sums over days in force are billed, so all of it may
 * stand on one such day. Where a quantity is not known, what is used so far stays.
 */
function inputsAt({ inputs, segments, found }: DeploymentMonth, pace: Pace): DeploymentInvoicingInputs {
  const { usage, llm_cents } = found.at[pace];
  const day = segments[0]?.from;
  return {
    ...inputs,
    usage:
      day === undefined
        ? []
        : [...usage].map(([resource_kind, qty]) => ({
            resource_kind,
            qty: qty ?? found.used.get(resource_kind) ?? '0',
            from: day,
            to: day,
          })),
    llm_charges: [llm_cents ?? found.llm_charge_cents],
    llm_allowance: [],
  };
}

/** The lines of a deployment at each pace; undefined: the month can't be billed at it. */
type LinesAtPaces = Readonly<Record<Pace, DeploymentLines | undefined>>;

function figuresOf(
  { segments, found }: DeploymentMonth,
  lines: LinesAtPaces,
  period: string,
): Omit<ForecastSubscription, keyof AccruedSubscription> {
  const total = (pace: Pace): number | null => {
    const of = lines[pace];
    if (of === undefined || !found.at[pace].known) return null;
    return totalOf([...of.recurring, ...of.overage, ...of.llm, ...of.charges].map(({ line }) => line));
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
    kinds: [...found.at.so_far.usage.keys()]
      .sort()
      .map((kind) => kindOf(kind, found, lines, segments, period)),
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

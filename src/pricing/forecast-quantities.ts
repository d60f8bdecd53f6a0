/** What a deployment will have used by the month's end, at either pace. */
import { addDecimals, compareDecimals, subtractDecimals, sumDecimals } from './money.ts';
import { daysInMonth, monthOf } from './calendar.ts';
import type { DeploymentLines } from './deployment-lines.ts';
import { extrapolate } from './extrapolate.ts';
import {
  countDays,
  isWithin,
  statusAround,
  isGatewayDay,
  type DeploymentDays,
  type ForecastCalendar,
  type KnownDays,
  type PaceDays,
} from './forecast-days.ts';
import type { DeploymentInvoicingInputs } from './invoice.ts';
import { accruesByMonth, meteredBillingKinds } from './metering.ts';
import { segmentsOf, type DayRange, type Segment, type StatusRun } from './segments.ts';
import { tokensKind, type LlmRun, type UsageRun } from './usage-runs.ts';

/** Which days the pace is taken from: those of the month so far, or the last seven. */
export type Pace = 'so_far' | 'last_7_days';

/** What a deployment used lately, beside its inputs of the month. Runs are cut as `rangesFrom` says. */
export interface RecentUse {
  /** The last seven days and today. */
  readonly usage: readonly UsageRun[];
  /** What the gateway reported, whatever the mode: the month and the last seven days. */
  readonly llm: readonly LlmRun[];
  /** Days in mode `allowance`, of the month. */
  readonly allowance_days: readonly DayRange[];
  /** Whether a resource that is metered is tied to it. */
  readonly tied: boolean;
  /** The day of its creation, where that is one of the days that a forecast looks at. */
  readonly created_on: string | null;
  /** Whether it is paused or ended now; the facts of a deployment without a subscription do not say it. */
  readonly at_rest: boolean;
  readonly isMetered: (day: string) => boolean;
  /** Whether the schedule will meter a day that it has not metered yet. */
  readonly awaitsMetering: (day: string) => boolean;
}

/** What is used by the month's end; null where a pace has no day to go by. Exact decimals. */
export interface Quantities {
  /** Of days in force, by billing kind, the gateway's tokens included. */
  readonly usage: ReadonlyMap<string, string | null>;
  /** What the gateway charges, as far as it is billed: cents. */
  readonly llm_cents: string | null;
  /** Whether all of it is known: no figure is missing, nor one of a kind that was not used yet. */
  readonly known: boolean;
}

/** A deployment's quantities: so far, and at either pace. */
export interface ForecastQuantities {
  /** Of days in force, by billing kind, the gateway's tokens included. */
  readonly used: ReadonlyMap<string, string>;
  /** What the gateway charged so far, as far as it is billed. */
  readonly llm_charge_cents: string;
  readonly at: Record<Pace, Quantities>;
}

const metered: ReadonlySet<string> = new Set(meteredBillingKinds());

/** Quantities and charges have so many places. */
const places = 12;
/**
 * Each record of a monthly quantity is rounded to twelve places. Nine take away what these roundings leave,
 * so that 3 zones are forecast as 3 and not as 2.999999999996.
 */
const accruedPlaces = 9;

/**
 * Forecasts what a deployment will have used.
 * The kinds of its plans and addons are forecast whether they are used or not.
 * @param billed what its lines so far were computed from
 */
export function forecastQuantities(
  inputs: DeploymentInvoicingInputs,
  billed: Pick<DeploymentLines, 'runs' | 'used'>,
  recent: RecentUse,
  calendar: ForecastCalendar,
): ForecastQuantities {
  const status = statusAround(inputs.facts, calendar, billed.runs);
  const in_force = status.filter(({ reason }) => reason === null);
  const known = { status, runs: runsOn(recent), ...recent };
  const scene: Scene = {
    ...{ inputs, recent, calendar, known, in_force },
    days: countDays(calendar, known),
    usage: byKind(inputs.usage.filter(({ from }) => isWithin(from, in_force))),
    lately: byKind(recent.usage.filter(({ from }) => isWithin(from, in_force))),
  };
  const used = new Map(Object.entries(billed.used.billed));
  const kinds = new Set([...plannedKinds(segmentsOf(billed.runs)), ...used.keys(), ...scene.lately.keys()]);
  const llm_charges = sumDecimals(billed.used.llm_charges);
  if (scene.days.tokens_to_come > 0 && recent.llm.length > 0) kinds.add(tokensKind);
  const sorted = [...kinds].sort();
  return {
    used,
    llm_charge_cents: llm_charges,
    at: {
      so_far: quantitiesAt(scene, 'so_far', sorted, llm_charges),
      last_7_days: quantitiesAt(scene, 'last_7_days', sorted, llm_charges),
    },
  };
}

interface Scene {
  readonly inputs: DeploymentInvoicingInputs;
  readonly recent: RecentUse;
  readonly calendar: ForecastCalendar;
  readonly known: KnownDays;
  readonly in_force: readonly StatusRun[];
  readonly days: DeploymentDays;
  /** Of days in force: of the month, and of the last days. */
  readonly usage: ReadonlyMap<string, readonly UsageRun[]>;
  readonly lately: ReadonlyMap<string, readonly UsageRun[]>;
}

/** The kinds of the plans and addons of a month. */
function plannedKinds(segments: readonly Segment[]): string[] {
  return segments.flatMap(({ terms }) => [
    ...terms.plan.items.map(({ resource_kind }) => resource_kind),
    ...terms.addons.map(({ addon }) => addon.resource_kind),
  ]);
}

function byKind(runs: readonly UsageRun[]): ReadonlyMap<string, readonly UsageRun[]> {
  const kinds = new Map<string, UsageRun[]>();
  for (const run of runs) {
    const known = kinds.get(run.resource_kind);
    if (known === undefined) kinds.set(run.resource_kind, [run]);
    else known.push(run);
  }
  return kinds;
}

/** A report of the gateway shows that a deployment ran, even before it was created here. */
function runsOn({ llm, created_on, at_rest }: RecentUse): KnownDays['runs'] {
  const before = created_on !== null && llm.some(({ to }) => to < created_on);
  const since = created_on === null || before ? '' : created_on;
  return (day, reason) => day >= since && !at_rest && reason !== 'paused' && reason !== 'cancelled';
}

function quantitiesAt(scene: Scene, pace: Pace, kinds: readonly string[], llmCharges: string): Quantities {
  const usage = new Map(kinds.map((kind) => [kind, usageAt(scene, pace, kind)]));
  const llm_cents = chargesAt(scene, pace, llmCharges);
  const { reported, metered } = scene.days;
  const grounded = hasGround(reported, pace) && (!scene.recent.tied || hasGround(metered, pace));
  return { usage, llm_cents, known: grounded && llm_cents !== null && ![...usage.values()].includes(null) };
}

/** Nothing is to come, or there is a day that says how much. */
function hasGround(days: PaceDays, pace: Pace): boolean {
  return days.to_come === 0 || days[pace] > 0;
}

/** Runs of days in force. */
function inForce<Run extends DayRange>({ in_force }: Scene, runs: readonly Run[]): Run[] {
  return runs.filter(({ from }) => isWithin(from, in_force));
}

/** The usage of a kind; tokens come from reports of usage and from the gateway. */
function usageAt(scene: Scene, pace: Pace, kind: string): string | null {
  const { calendar, usage, lately } = scene;
  const [month, last] = [usage.get(kind) ?? [], lately.get(kind) ?? []];
  const days = daysOf(scene, kind);
  const recorded = recordedAt(pace, month, last, calendar);
  const qty = grow(recorded, { pace, days }, accruesByMonth(kind) ? calendar : null);
  if (kind !== tokensKind) return qty;
  const tokens = tokensAt(scene, pace);
  return qty === null || tokens === null ? null : addDecimals(qty, tokens);
}

/** The days of a kind's pace. A kind that no resource is metered as does not wait for metering. */
function daysOf({ recent, days, usage, lately }: Scene, kind: string): PaceDays {
  const waitsForMetering =
    metered.has(kind) &&
    (recent.tied || lately.has(kind) || compareDecimals(sumOf(usage.get(kind) ?? []), '0') !== 0);
  return waitsForMetering ? days.metered : days.reported;
}

/** What was used of a kind. */
function recordedAt(
  pace: Pace,
  month: readonly UsageRun[],
  last: readonly UsageRun[],
  calendar: ForecastCalendar,
): Recorded {
  const used = sumOf(month);
  const ended = subtractDecimals(used, sumOf(last.filter(({ from }) => from >= calendar.today)));
  return {
    used,
    ended,
    ofPace: pace === 'so_far' ? [{ from: calendar.period, qty: ended }] : recentOf(last, calendar),
  };
}

/** The gateway's tokens of days in mode `allowance`, at the pace of its reports in any mode. */
function tokensAt(scene: Scene, pace: Pace): string | null {
  const { inputs, recent, calendar, days } = scene;
  const used = sumDecimals(inForce(scene, inputs.llm_allowance).map(({ tokens }) => tokens));
  const today = allowed(
    scene,
    recent.llm.filter(({ from }) => from >= calendar.today),
  );
  const ended = subtractDecimals(used, sumDecimals(today.map(({ tokens }) => tokens)));
  const ofPace = gatewayRuns(scene, pace).map(({ from, tokens }) => ({ from, qty: tokens }));
  return grow(
    { used, ended, ofPace },
    { pace, days: { ...days.gateway, to_come: days.tokens_to_come } },
    null,
  );
}

/** The gateway's charges of the other days. */
function chargesAt(scene: Scene, pace: Pace, used: string): string | null {
  const { recent, calendar, days } = scene;
  const today = recent.llm.filter(({ from }) => from >= calendar.today);
  const counted = new Set(allowed(scene, today));
  const billed = today.filter((run) => !counted.has(run)).map(({ charge_cents }) => charge_cents);
  const ended = subtractDecimals(used, sumDecimals(billed));
  const ofPace = gatewayRuns(scene, pace).map(({ from, charge_cents }) => ({ from, qty: charge_cents }));
  const to_come = days.gateway.to_come - days.tokens_to_come;
  return grow({ used, ended, ofPace }, { pace, days: { ...days.gateway, to_come } }, null);
}

/** Reports whose tokens count against the allowance. */
function allowed(scene: Scene, runs: readonly LlmRun[]): LlmRun[] {
  return inForce(scene, runs).filter(({ from }) => isWithin(from, scene.recent.allowance_days));
}

/** The reports of the days that the gateway's pace is taken from. */
function gatewayRuns({ recent, calendar, known }: Scene, pace: Pace): LlmRun[] {
  const first = pace === 'so_far' ? calendar.period : calendar.recent_from;
  return recent.llm.filter(({ from }) => from >= first && from < calendar.today && isGatewayDay(from, known));
}

interface Dated {
  readonly from: string;
  readonly qty: string;
}

/** A quantity: so far, on the days that have ended, and on the days of the pace. */
interface Recorded {
  readonly used: string;
  readonly ended: string;
  readonly ofPace: readonly Dated[];
}

function recentOf(runs: readonly UsageRun[], { recent_from, today }: ForecastCalendar): UsageRun[] {
  return runs.filter(({ from }) => from >= recent_from && from < today);
}

function sumOf(runs: readonly { qty: string }[]): string {
  return sumDecimals(runs.map(({ qty }) => qty));
}

/**
 * The quantity of the ended days and, for each day to come, that of a day of the pace; never less than what
 * is used already.
 * @param month for a monthly quantity, whose days have another share in a longer or shorter month
 */
function grow(
  { used, ended, ofPace }: Recorded,
  { pace, days }: { pace: Pace; days: PaceDays },
  month: ForecastCalendar | null,
): string | null {
  if (!hasGround(days, pace)) return null;
  const isUnused = used === '0' && ended === '0' && ofPace.every(({ qty }) => qty === '0');
  if (days.to_come === 0 || isUnused) return used;
  const length = (day: string): number => (month === null ? 1 : daysInMonth(monthOf(day)));
  const grown = ofPace.map(({ from, qty }) => ({ qty, times: days.to_come * length(from) }));
  const divisor = days[pace] * (month === null ? 1 : daysInMonth(month.period));
  const forecast = extrapolate(ended, grown, divisor, month === null ? places : accruedPlaces);
  return compareDecimals(forecast, used) < 0 ? used : forecast;
}

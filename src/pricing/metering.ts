/**
 * How a resource's day becomes usage records, and how a monthly quantity accrues day by day (spec 9). All
 * usage that is billed is a sum of such records.
 */
import { dayOfMonth, daysInMonth } from './calendar.ts';
import {
  compareDecimals,
  decimalFromNumber,
  formatDecimal,
  isPlainDecimal,
  parseDecimal,
  roundDecimal,
  widen,
} from './decimals.ts';
import { divideRound } from './rounding.ts';

export type Granularity = 'day' | 'hour';

/** What metering needs to know of a resource at the end of a day. */
export interface MeteredState {
  /** Inventory kind. */
  readonly kind: string;
  /** Null: not known. */
  readonly status: string | null;
  /** Decimal GB; null where it is not known, as for a placeholder found by its URN. */
  readonly size_gb: string | null;
}

/** One record; `hour` is 0 to 23, null at day granularity. */
export interface MeteredQuantity {
  hour: number | null;
  resource_kind: string;
  qty: string;
}

/** Accruals are rounded to so many places. */
const places = 12;
const hoursPerDay = 24;

type Measure = 'hours_active' | 'gb_month' | 'one_month';

const metered: ReadonlyMap<string, { billingKind: string; measure: Measure }> = new Map([
  ['droplet', { billingKind: 'droplet_hours', measure: 'hours_active' }],
  ['spaces_bucket', { billingKind: 'spaces_gb_month', measure: 'gb_month' }],
  ['snapshot', { billingKind: 'snapshot_gb_month', measure: 'gb_month' }],
  ['droplet_backup', { billingKind: 'backup_gb_month', measure: 'gb_month' }],
  ['dns_zone', { billingKind: 'dns_zones', measure: 'one_month' }],
]);

/** The billing kind that an inventory kind is metered as; null: it is not metered. */
export function billingKindOf(kind: string): string | null {
  return metered.get(kind)?.billingKind ?? null;
}

/** Every inventory kind that is metered. */
export function meteredKinds(): string[] {
  return [...metered.keys()];
}

/** Whether a billing kind is a monthly quantity that accrues day by day, so that its days differ by month. */
export function accruesByMonth(billingKind: string): boolean {
  return [...metered.values()].some(
    (rule) => rule.billingKind === billingKind && rule.measure !== 'hours_active',
  );
}

/** The statuses that the provider has for droplets; of any other word it is not known whether it runs. */
const dropletStatuses: ReadonlySet<string> = new Set(['new', 'active', 'off', 'archive']);

/**
 * Why a resource in this state can't be metered: what its quantity follows from is not known, and unknown is
 * not zero. Null when it can be metered, and for a kind that is not metered at all.
 */
export function whyUnmetered(state: MeteredState): 'unknown-size' | 'unknown-status' | null {
  const measure = metered.get(state.kind)?.measure;
  if (measure === 'gb_month' && state.size_gb === null) return 'unknown-size';
  if (measure === 'hours_active' && !dropletStatuses.has(state.status ?? '')) return 'unknown-status';
  return null;
}

/** Every billing kind that metering produces. */
export function meteredBillingKinds(): string[] {
  return [...metered.values()].map(({ billingKind }) => billingKind);
}

/**
 * What step s of n adds to a monthly quantity q: round(q·s/n, 12) − round(q·(s−1)/n, 12). All n steps add up
 * to q.
 * @param quantity plain decimal with at most 12 digits after the point, so that the sum is exact.
 * @throws RangeError for a step outside 1 to n, or a quantity with more digits.
 */
export function accrueStep(quantity: string, step: number, steps: number): string {
  if (step < 1 || step > steps) throw new RangeError(`step ${step} is not within 1 to ${steps}`);
  const parts = parseDecimal(quantity);
  if (parts.scale > places) throw new RangeError(`more than ${places} places: ${quantity}`);
  const fine = widen(parts, places);
  const until = (count: number): bigint => divideRound(fine * BigInt(count), BigInt(steps));
  return formatDecimal(until(step) - until(step - 1), places);
}

/** A monthly quantity's accrual on a day of its month. */
export function accrueDay(quantity: string, day: string): string {
  return accrueStep(quantity, dayOfMonth(day), daysInMonth(day));
}

/**
 * The records of one resource and day; none for a kind that is not metered, or where {@link whyUnmetered}
 * has one. Hourly records add up exactly to the day's single record, since both cut the same month, into days
 * or into hours.
 */
export function meterResourceDay(
  state: MeteredState,
  day: string,
  granularity: Granularity,
): MeteredQuantity[] {
  const rule = metered.get(state.kind);
  if (rule === undefined || whyUnmetered(state) !== null) return [];
  const record = (hour: number | null, qty: string): MeteredQuantity => ({
    hour,
    resource_kind: rule.billingKind,
    qty,
  });
  if (granularity === 'day') return [record(null, quantityOfDay(rule.measure, state, day))];
  return Array.from({ length: hoursPerDay }, (_, hour) =>
    record(hour, quantityOfHour(rule.measure, state, day, hour)),
  );
}

function quantityOfDay(measure: Measure, state: MeteredState, day: string): string {
  return measure === 'hours_active'
    ? activeHours(state, hoursPerDay)
    : accrueDay(monthly(measure, state), day);
}

function quantityOfHour(measure: Measure, state: MeteredState, day: string, hour: number): string {
  if (measure === 'hours_active') return activeHours(state, 1);
  const hoursBefore = (dayOfMonth(day) - 1) * hoursPerDay + hour;
  return accrueStep(monthly(measure, state), hoursBefore + 1, daysInMonth(day) * hoursPerDay);
}

function activeHours(state: MeteredState, hours: number): string {
  return state.status === 'active' ? String(hours) : '0';
}

function monthly(measure: 'gb_month' | 'one_month', state: MeteredState): string {
  if (measure === 'one_month') return '1';
  if (state.size_gb === null) throw new TypeError(`the size of a ${state.kind} is not known`);
  return state.size_gb;
}

/**
 * The size in a resource's `attrs.size_gigabytes`, a JSON number or a decimal string.
 * @returns null when it is missing, negative, or no number; at most 12 places are kept.
 */
export function sizeGbOf(attrs: Readonly<Record<string, unknown>>): string | null {
  const size = attrs['size_gigabytes'];
  if (typeof size === 'number')
    return Number.isFinite(size) && size >= 0 ? roundDecimal(decimalFromNumber(size), places) : null;
  if (typeof size !== 'string' || !isPlainDecimal(size) || compareDecimals(size, '0') < 0) return null;
  return roundDecimal(size, places);
}

/**
 * A quantity for display: rounded half away from zero, with exactly so many places (`15.5` reads `15.50`).
 */
export function displayQty(quantity: string, digits: number): string {
  const [whole, fraction = ''] = roundDecimal(quantity, digits).split('.');
  return digits === 0 ? (whole ?? '0') : `${whole ?? '0'}.${fraction.padEnd(digits, '0')}`;
}

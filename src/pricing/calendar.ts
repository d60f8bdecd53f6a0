/**
 * Days are `YYYY-MM-DD` strings and periods the first day of a UTC month; both compare as strings. Nothing
 * here reads the clock.
 */

const dayForm = /^(\d{4})-(\d{2})-(\d{2})$/;
const monthForm = /^\d{4}-\d{2}$/;
const timeForm = /^(\d{4}-\d{2}-\d{2})T\d{2}:\d{2}(:\d{2}(\.\d+)?)?Z$/;
const millisecondsPerDay = 86_400_000;
const firstYear = 2000;
const lastYear = 2100;

function daysOf(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** True when the day exists and lies in 2000–2100 (spec 13). */
export function isValidDay(text: string): boolean {
  const match = dayForm.exec(text);
  if (match === null) return false;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  return (
    year >= firstYear &&
    year <= lastYear &&
    month >= 1 &&
    month <= 12 &&
    day >= 1 &&
    day <= daysOf(year, month)
  );
}

/** True for `YYYY-MM` and for any existing day in it, both within 2000–2100. */
export function isValidPeriod(text: string): boolean {
  return isValidDay(monthForm.test(text) ? `${text}-01` : text);
}

/**
 * `YYYY-MM`, or any day of the month, as the month's first day.
 * @throws RangeError for anything else.
 */
export function normalisePeriod(text: string): string {
  if (!isValidPeriod(text)) throw new RangeError(`not a calendar month: ${JSON.stringify(text)}`);
  return `${text.slice(0, 7)}-01`;
}

function requireDay(day: string): string {
  if (!isValidDay(day)) throw new RangeError(`not a day: ${JSON.stringify(day)}`);
  return day;
}

/** Days in the month of a day or period. */
export function daysInMonth(day: string): number {
  return daysOf(Number(day.slice(0, 4)), Number(day.slice(5, 7)));
}

/** The day's number in its month, 1 to 31. */
export function dayOfMonth(day: string): number {
  return Number(day.slice(8, 10));
}

/** The month's first day: the period a day belongs to. */
export function monthOf(day: string): string {
  return `${day.slice(0, 7)}-01`;
}

/** The last day of the month of a day or period (inclusive end of the period). */
export function lastDay(day: string): string {
  return `${day.slice(0, 7)}-${String(daysInMonth(day)).padStart(2, '0')}`;
}

/** The nth day (1-based) of the month of a day or period. */
export function nthDay(period: string, n: number): string {
  return `${period.slice(0, 7)}-${String(n).padStart(2, '0')}`;
}

/**
 * The UTC day of an ISO 8601 time with `Z`.
 * @throws RangeError for any other form.
 */
export function dayOf(isoTime: string): string {
  const match = timeForm.exec(isoTime);
  if (match?.[1] === undefined) throw new RangeError(`not a UTC time: ${JSON.stringify(isoTime)}`);
  return match[1];
}

function dayNumber(day: string): number {
  return (
    Date.UTC(Number(day.slice(0, 4)), Number(day.slice(5, 7)) - 1, Number(day.slice(8, 10))) /
    millisecondsPerDay
  );
}

/** The day so many days later (negative: earlier). */
export function addDays(day: string, days: number): string {
  return new Date((dayNumber(requireDay(day)) + days) * millisecondsPerDay).toISOString().slice(0, 10);
}

/** Whole days from one day to another; negative when the second is earlier. */
export function daysBetween(from: string, to: string): number {
  return dayNumber(requireDay(to)) - dayNumber(requireDay(from));
}

/** The same day so many years later; of 29 February, 28 February where there is no such day. */
export function addYears(day: string, years: number): string {
  const year = Number(requireDay(day).slice(0, 4)) + years;
  const missing = day.endsWith('-02-29') && daysOf(year, 2) === 28;
  return `${String(year).padStart(4, '0')}${missing ? '-02-28' : day.slice(4)}`;
}

/** The period so many months later (negative: earlier). */
export function addMonths(period: string, months: number): string {
  const month = Number(period.slice(0, 4)) * 12 + Number(period.slice(5, 7)) - 1 + months;
  const year = Math.floor(month / 12);
  return `${String(year).padStart(4, '0')}-${String(month - year * 12 + 1).padStart(2, '0')}-01`;
}

/** Every period from the month of `from` to the month of `to`, both included; none when `to` is earlier. */
export function periodsBetween(from: string, to: string): string[] {
  const periods: string[] = [];
  for (let period = monthOf(from); period <= monthOf(to); period = addMonths(period, 1)) periods.push(period);
  return periods;
}

/** Every day from `from` to `to`, both included; none when `to` is earlier. */
export function daysFrom(from: string, to: string): string[] {
  const count = daysBetween(from, to) + 1;
  return Array.from({ length: Math.max(0, count) }, (_, offset) => addDays(from, offset));
}

/**
 * Money is integer cents in a number; quantities and charges are exact decimal strings. Everything here
 * rounds by the one rule of `rounding.ts` and throws rather than leave the safe integers.
 */
import { formatDecimal, parseDecimal, powerOfTen, widen } from './decimals.ts';
import { divideRound, safeInteger, safeNumber } from './rounding.ts';

export {
  addDecimals,
  canonicalDecimal,
  compareDecimals,
  decimalFromNumber,
  multiplyDecimals,
  shiftDecimal,
  subtractDecimals,
} from './decimals.ts';

/**
 * a + b in cents.
 * @throws RangeError when an operand or the sum is no safe integer.
 */
export function addCents(a: number, b: number): number {
  return safeInteger(safeInteger(a) + safeInteger(b));
}

/** The sum of amounts in cents; 0 of none. */
export function sumCents(amounts: Iterable<number>): number {
  let total = 0;
  for (const amount of amounts) total = addCents(total, amount);
  return total;
}

/** The sum of `amount_cents` over lines. */
export function totalOf(lines: readonly { amount_cents: number }[]): number {
  let total = 0;
  for (const line of lines) total = addCents(total, line.amount_cents);
  return total;
}

/**
 * cents × a / b, rounded once: the arithmetic of proration.
 * @throws RangeError when an operand is no safe integer, b is not positive, or the result does not fit.
 */
export function multiplyDivideRound(cents: number, a: number, b: number): number {
  safeInteger(cents);
  safeInteger(a, 'multiplier');
  if (safeInteger(b, 'divisor') <= 0) throw new RangeError(`divisor is not positive: ${b}`);
  return safeNumber(divideRound(BigInt(cents) * BigInt(a), BigInt(b)));
}

/** cents × n for a whole number of packs, exact. */
export function multiplyCents(cents: number, n: number): number {
  return safeInteger(safeInteger(cents) * safeInteger(n, 'multiplier'));
}

/**
 * A function that multiplies cents by a decimal rate and rounds once; the rate is read a single time.
 * @param rate plain decimal, for instance `0.10` (tax) or `1.5234` (AUD for a USD).
 */
export function centsConverter(rate: string): (cents: number) => number {
  const { coefficient, scale } = parseDecimal(rate);
  const divisor = powerOfTen(scale);
  return (cents) => safeNumber(divideRound(BigInt(safeInteger(cents)) * coefficient, divisor));
}

/** cents × rate, rounded once. For many amounts at one rate use {@link centsConverter}. */
export function convertCents(cents: number, rate: string): number {
  return centsConverter(rate)(cents);
}

/** An exact decimal number of cents, rounded to whole cents. */
export function roundToCents(exactCents: string): number {
  const { coefficient, scale } = parseDecimal(exactCents);
  return safeNumber(divideRound(coefficient, powerOfTen(scale)));
}

/** The exact sum of decimal strings, canonical; `0` of none. */
export function sumDecimals(decimals: readonly string[]): string {
  const parts = decimals.map(parseDecimal);
  const scale = parts.reduce((widest, part) => Math.max(widest, part.scale), 0);
  return formatDecimal(
    parts.reduce((sum, part) => sum + widen(part, scale), 0n),
    scale,
  );
}

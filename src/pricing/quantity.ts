/**
 * Quantities for the inner loop. A quantity is two safe integers, the whole units and the fraction in 10^-12:
 * any decimal of the ledger's limits (15 digits before the point, 12 after) fits, and adding, comparing and
 * subtracting need no BigInt. What leaves that range answers null, and the caller takes the BigInt path.
 */
import { withoutLastZeros } from './decimals.ts';
import { divideRound } from './rounding.ts';

/** whole + fraction / 10^12, never negative. */
export interface Quantity {
  readonly whole: number;
  readonly fraction: number;
}

/** Digits after the point that a Quantity holds. */
const places = 12;
/** Fractions per whole unit. */
export const fractionScale = 1e12;
/** Largest unit factor whose fraction arithmetic stays within the safe integers. */
const largestFactor = 4000;

const powersOfTen = Array.from({ length: places + 1 }, (_, exponent) => 10 ** exponent);

export const zeroQuantity: Quantity = { whole: 0, fraction: 0 };

/**
 * Reads a plain decimal that is not negative.
 * @returns null when it is valid but too large or too fine for a Quantity.
 * @throws RangeError when it is no plain decimal, or negative.
 */
export function parseQuantity(text: string): Quantity | null {
  const length = text.length;
  let at = 0;
  let whole = 0;
  for (; at < length; at += 1) {
    const digit = text.charCodeAt(at) - 48;
    if (digit < 0 || digit > 9) break;
    whole = whole * 10 + digit;
  }
  if (at === 0) throw malformed(text);
  const fraction = at === length ? 0 : parseFraction(text, at);
  if (fraction < 0 || !Number.isSafeInteger(whole)) return null;
  return { whole, fraction };
}

/** The fraction after the point at `point`; −1 when it has significant digits beyond the twelfth. */
function parseFraction(text: string, point: number): number {
  if (text.charCodeAt(point) !== 46 || point + 1 === text.length) throw malformed(text);
  let fraction = 0;
  let digits = 0;
  let tooFine = false;
  for (let at = point + 1; at < text.length; at += 1) {
    const digit = text.charCodeAt(at) - 48;
    if (digit < 0 || digit > 9) throw malformed(text);
    if (digits < places) {
      fraction = fraction * 10 + digit;
      digits += 1;
    } else if (digit !== 0) tooFine = true;
  }
  return tooFine ? -1 : fraction * (powersOfTen[places - digits] ?? 1);
}

function malformed(text: string): RangeError {
  return new RangeError(`not a plain decimal of at least 0: ${JSON.stringify(text)}`);
}

/** The canonical decimal string. */
export function formatQuantity({ whole, fraction }: Quantity): string {
  if (fraction === 0) return String(whole);
  return `${String(whole)}.${withoutLastZeros(String(fraction).padStart(places, '0'))}`;
}

/** a + b; null beyond the range. */
export function addQuantities(a: Quantity, b: Quantity): Quantity | null {
  let whole = a.whole + b.whole;
  let fraction = a.fraction + b.fraction;
  if (fraction >= fractionScale) {
    fraction -= fractionScale;
    whole += 1;
  }
  return Number.isSafeInteger(whole) ? { whole, fraction } : null;
}

/** a × n for an integer n ≥ 0; null beyond the range. */
export function timesQuantity(a: Quantity, n: number): Quantity | null {
  if (n === 1) return a;
  const fine = a.fraction * n;
  if (!Number.isSafeInteger(fine)) return null;
  const fraction = fine % fractionScale;
  const coarse = a.whole * n;
  const whole = coarse + (fine - fraction) / fractionScale;
  return Number.isSafeInteger(coarse) && Number.isSafeInteger(whole) ? { whole, fraction } : null;
}

/** max(0, a − b). */
export function excessOf(a: Quantity, b: Quantity): Quantity {
  const whole = a.whole - b.whole;
  const fraction = a.fraction - b.fraction;
  if (whole < 0 || (whole === 0 && fraction <= 0)) return zeroQuantity;
  return fraction < 0 ? { whole: whole - 1, fraction: fraction + fractionScale } : { whole, fraction };
}

/** The smaller of two. */
export function smallerOf(a: Quantity, b: Quantity): Quantity {
  return a.whole < b.whole || (a.whole === b.whole && a.fraction <= b.fraction) ? a : b;
}

/**
 * quantity × priceCents / factor in cents, rounded once; null when a product leaves the safe integers.
 * The whole quotient is split off first, so that the division that rounds only sees the rest.
 */
export function priceQuantity(quantity: Quantity, priceCents: number, factor: number): number | null {
  const fine = quantity.fraction * priceCents;
  const coarse = quantity.whole * priceCents;
  if (!Number.isSafeInteger(fine) || !Number.isSafeInteger(coarse) || factor > largestFactor) return null;
  const fineRest = fine % fractionScale;
  const total = coarse + (fine - fineRest) / fractionScale;
  if (!Number.isSafeInteger(total)) return null;
  const rest = total % factor;
  return (total - rest) / factor + divideRound(rest * fractionScale + fineRest, factor * fractionScale);
}

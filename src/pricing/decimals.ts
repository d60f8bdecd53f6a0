/**
 * Exact decimals as strings: plain digits, an optional minus and one point. The canonical form has no
 * exponent, no leading or trailing zeros and no minus on zero, so equal numbers are equal strings.
 */
import { Decimal } from 'decimal.js';
import { divideRound } from './rounding.ts';

/** A decimal taken apart: its value is coefficient / 10^scale. */
export interface DecimalParts {
  coefficient: bigint;
  scale: number;
}

const plainDecimal = /^-?\d+(\.\d+)?$/;

const powersOfTen = Array.from({ length: 41 }, (_, exponent) => 10n ** BigInt(exponent));

/** 10^exponent, for an exponent of at least 0. */
export function powerOfTen(exponent: number): bigint {
  return powersOfTen[exponent] ?? 10n ** BigInt(exponent);
}

/** True for `12`, `-0.5`, `007.10`; false for `1e3`, `.5`, `5.`, `+1`, blanks. */
export function isPlainDecimal(text: string): boolean {
  return plainDecimal.test(text);
}

/**
 * Takes a plain decimal string apart.
 * @throws RangeError when it is no plain decimal.
 */
export function parseDecimal(text: string): DecimalParts {
  if (!isPlainDecimal(text)) throw new RangeError(`not a plain decimal: ${JSON.stringify(text)}`);
  const point = text.indexOf('.');
  if (point === -1) return { coefficient: BigInt(text), scale: 0 };
  const digits = text.slice(0, point) + text.slice(point + 1);
  return { coefficient: BigInt(digits), scale: text.length - point - 1 };
}

/** The digits without the zeros at their end. A pattern would search again from each zero in the middle. */
function withoutLastZeros(digits: string): string {
  let end = digits.length;
  while (end > 0 && digits[end - 1] === '0') end -= 1;
  return digits.slice(0, end);
}

/** The canonical string of coefficient / 10^scale. */
export function formatDecimal(coefficient: bigint, scale: number): string {
  if (scale === 0) return coefficient.toString();
  const negative = coefficient < 0n;
  const digits = (negative ? -coefficient : coefficient).toString().padStart(scale + 1, '0');
  const whole = digits.slice(0, digits.length - scale);
  const fraction = withoutLastZeros(digits.slice(digits.length - scale));
  return (negative ? '-' : '') + whole + (fraction === '' ? '' : `.${fraction}`);
}

/** The canonical form of a plain decimal string: `007.10` becomes `7.1`. */
export function canonicalDecimal(text: string): string {
  const { coefficient, scale } = parseDecimal(text);
  return formatDecimal(coefficient, scale);
}

/**
 * The canonical decimal of a JSON number, by its shortest decimal form (what its sender wrote), exponents
 * resolved.
 * @throws RangeError for NaN and infinities.
 */
export function decimalFromNumber(value: number): string {
  if (!Number.isFinite(value)) throw new RangeError(`not a finite number: ${value}`);
  return canonicalDecimal(new Decimal(value).toFixed());
}

function aligned(a: string, b: string): { left: bigint; right: bigint; scale: number } {
  const x = parseDecimal(a);
  const y = parseDecimal(b);
  const scale = Math.max(x.scale, y.scale);
  return { left: widen(x, scale), right: widen(y, scale), scale };
}

/** The coefficient of the same number at a larger scale. */
export function widen(parts: DecimalParts, scale: number): bigint {
  return scale === parts.scale ? parts.coefficient : parts.coefficient * powerOfTen(scale - parts.scale);
}

/** −1, 0 or 1, by value: `1.0` equals `1`. */
export function compareDecimals(a: string, b: string): -1 | 0 | 1 {
  const { left, right } = aligned(a, b);
  return left < right ? -1 : left > right ? 1 : 0;
}

/** a + b, exact and canonical. */
export function addDecimals(a: string, b: string): string {
  const { left, right, scale } = aligned(a, b);
  return formatDecimal(left + right, scale);
}

/** a − b, exact and canonical. */
export function subtractDecimals(a: string, b: string): string {
  const { left, right, scale } = aligned(a, b);
  return formatDecimal(left - right, scale);
}

/** a × b, exact and canonical. */
export function multiplyDecimals(a: string, b: string): string {
  const x = parseDecimal(a);
  const y = parseDecimal(b);
  return formatDecimal(x.coefficient * y.coefficient, x.scale + y.scale);
}

/** a / 10^places (places may be negative), exact and canonical: moves the point. */
export function shiftDecimal(text: string, places: number): string {
  const { coefficient, scale } = parseDecimal(text);
  const moved = scale + places;
  return moved >= 0 ? formatDecimal(coefficient, moved) : formatDecimal(coefficient * powerOfTen(-moved), 0);
}

/** Rounded to so many places, half away from zero; canonical, so `15.50` reads `15.5`. */
export function roundDecimal(text: string, places: number): string {
  const { coefficient, scale } = parseDecimal(text);
  if (scale <= places) return formatDecimal(coefficient, scale);
  return formatDecimal(divideRound(coefficient, powerOfTen(scale - places)), places);
}

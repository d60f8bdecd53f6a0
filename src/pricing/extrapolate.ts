/** What a quantity comes to at a pace: exact until the one rounding at its end. */
import { formatDecimal, parseDecimal, powerOfTen, widen } from './decimals.ts';
import { divideRound } from './rounding.ts';

/** A quantity that grows: it counts `times` / the divisor. */
interface Grown {
  readonly qty: string;
  readonly times: number;
}

/**
 * base + Σ qty × times / divisor, rounded once.
 * @param divisor a positive whole number
 * @returns canonical
 */
export function extrapolate(base: string, grown: readonly Grown[], divisor: number, places: number): string {
  const parts = [
    { qty: parseDecimal(base), weight: BigInt(divisor) },
    ...grown.map(({ qty, times }) => ({ qty: parseDecimal(qty), weight: BigInt(times) })),
  ];
  const scale = parts.reduce((widest, { qty }) => Math.max(widest, qty.scale), 0);
  const sum = parts.reduce((total, { qty, weight }) => total + widen(qty, scale) * weight, 0n);
  return formatDecimal(divideRound(sum * powerOfTen(places), BigInt(divisor) * powerOfTen(scale)), places);
}

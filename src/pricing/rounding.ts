/** The one rounding rule of the ledger, half away from zero, and the guards of the safe integers. */

/** An amount beyond what the ledger can hold. What it was computed from is valid, but too large. */
export class AmountTooLarge extends RangeError {
  override readonly name = 'AmountTooLarge';
}

/**
 * Throws unless the value is a safe integer. Beyond the safe range cents would be silently wrong, so every
 * sum and product of cents is checked here.
 * @param what the value's name, for the message
 * @throws {AmountTooLarge} naming the value
 */
export function safeInteger(value: number, what = 'amount'): number {
  if (!Number.isSafeInteger(value)) throw new AmountTooLarge(`${what} is not a safe integer: ${value}`);
  return value;
}

/** The same guard for a BigInt. @throws {AmountTooLarge} */
export function safeNumber(value: bigint): number {
  const narrowed = Number(value);
  if (!Number.isSafeInteger(narrowed))
    throw new AmountTooLarge(`amount is beyond the safe integers: ${value.toString()}`);
  return narrowed;
}

/** n / d rounded half away from zero; d > 0. */
export function divideRound(n: bigint, d: bigint): bigint {
  const rest = n % d;
  const quotient = n / d;
  const distance = rest < 0n ? -rest : rest;
  if (distance * 2n < d) return quotient;
  return n < 0n ? quotient - 1n : quotient + 1n;
}

import { Decimal } from 'decimal.js';

/**
 * The exact decimal text of a size that came as a JSON number: its shortest text, in plain digits (4.10 reads
 * "4.1"). Throws RangeError for what is no finite number.
 */
export function decimalText(value: number | string): string {
  const decimal = new Decimal(String(value));
  if (!decimal.isFinite()) throw new RangeError(`not a decimal: ${String(value)}`);
  return decimal.toFixed();
}

/** A dollar amount that cannot be taken as exact cents. */
export class UsdFormatError extends Error {
  constructor(text: string) {
    super(`not a dollar amount with at most two decimals: ${JSON.stringify(text.slice(0, 60))}`);
    this.name = 'UsdFormatError';
  }
}

const amountPattern = /^(-?)\$?(-?)(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d{1,2}))?$/;

/**
 * Integer cents of a dollar amount as DigitalOcean writes them: `$3.11`, `-$1.00`, `$-1.00`, `$1,234.56`,
 * `-21.04`. Works on the digits, so it is exact. Throws UsdFormatError for anything else, also for what no
 * safe integer holds.
 */
export function usdToCents(text: string): number {
  const match = amountPattern.exec(text.trim());
  if (match === null) throw new UsdFormatError(text);
  const [, outerSign = '', innerSign = '', whole = '', fraction = ''] = match;
  if (outerSign !== '' && innerSign !== '') throw new UsdFormatError(text);
  // On digits alone parseInt is exact as far as integers are safe, and what lies beyond is refused.
  const magnitude = parseInt(whole.replaceAll(',', '') + fraction.padEnd(2, '0'), 10);
  if (!Number.isSafeInteger(magnitude)) throw new UsdFormatError(text);
  // A plain 0 - magnitude keeps "-0.00" from becoming a negative zero.
  return outerSign + innerSign === '-' ? 0 - magnitude : magnitude;
}

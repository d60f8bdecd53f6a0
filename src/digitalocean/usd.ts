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
 * `-21.04`. Exact. Throws UsdFormatError for other text, and beyond safe integers.
 */
export function usdToCents(text: string): number {
  const match = amountPattern.exec(text.trim());
  if (match === null) throw new UsdFormatError(text);
  const [, outerSign = '', innerSign = '', whole = '', fraction = ''] = match;
  if (outerSign !== '' && innerSign !== '') throw new UsdFormatError(text);
  // On digits alone parseInt is exact for safe integers, and others are refused.
  const magnitude = parseInt(whole.replaceAll(',', '') + fraction.padEnd(2, '0'), 10);
  if (!Number.isSafeInteger(magnitude)) throw new UsdFormatError(text);
  // Not -magnitude, which makes a negative zero of "-0.00".
  return outerSign + innerSign === '-' ? 0 - magnitude : magnitude;
}

import { Decimal } from 'decimal.js';

/** Hours as they are usually written; they are kept unchanged. */
const plain = /^-?\d{1,15}(?:\.\d{1,12})?$/;
/** Other exact forms of a number: thousands in groups, a bare point, an exponent. */
const exact = /^[+-]?(?:\d{1,3}(?:,\d{3})+|\d*)(?:\.\d*)?(?:[eE][+-]?\d{1,3})?$/;
/** The most digits of a quantity, written out. */
const mostDigits = 60;

/** A quantity as an exact decimal in plain digits; null for other text. No amount depends on it. */
export function readQuantity(text: string): string | null {
  if (plain.test(text)) return text;
  if (text.length > mostDigits || !exact.test(text) || !/^[^eE]*\d/.test(text)) return null;
  const [digits = '', exponent] = text.replaceAll(',', '').toLowerCase().split('e');
  const value = new Decimal(exponent === undefined ? digits : `${digits}e${exponent}`);
  if (!value.isFinite() || Math.abs(value.e) > mostDigits) return null;
  const written = value.toFixed();
  return written.length > 2 * mostDigits ? null : written === '-0' ? '0' : written;
}

const timePattern =
  /^(\d{4})-(\d{2})-(\d{2})[ T](\d{2}):(\d{2}):(\d{2})(\.\d{1,9})? ?(?:Z|UTC|([+-])(0\d|1[0-4]):?([0-5]\d))$/;
const firstYear = '1970';

/**
 * `2026-04-01 00:00:00 +0000` as ISO 8601 UTC, fractions of a second kept. Null for other text, for a time
 * without an offset, and for a day or an hour that does not exist, which is never rolled over.
 */
export function readTime(text: string): string | null {
  const match = timePattern.exec(text);
  if (match === null) return null;
  const [
    ,
    year,
    month,
    day,
    hour,
    minute,
    second,
    fraction = '',
    sign = '+',
    offsetHours = '00',
    offsetMinutes = '00',
  ] = match;
  const local = `${year ?? ''}-${month ?? ''}-${day ?? ''}T${hour ?? ''}:${minute ?? ''}:${second ?? ''}`;
  const milliseconds = Date.parse(`${local}Z`);
  if (Number.isNaN(milliseconds) || !new Date(milliseconds).toISOString().startsWith(local)) return null;
  const offsetMs = (Number(offsetHours) * 60 + Number(offsetMinutes)) * 60_000;
  const iso = new Date(sign === '-' ? milliseconds + offsetMs : milliseconds - offsetMs).toISOString();
  if (!/^\d{4}-/.test(iso) || iso < firstYear) return null;
  const rest = fraction.replace(/\.?0+$/, '');
  return iso.replace('.000Z', `${rest}Z`);
}

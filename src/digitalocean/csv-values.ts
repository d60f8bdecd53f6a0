import { Decimal } from 'decimal.js';

/** Hours as they are written as a rule; they are kept as they stand. */
const plain = /^-?\d{1,15}(?:\.\d{1,12})?$/;
/** What else says one number exactly: thousands in groups, a bare point, an exponent. */
const exact = /^[+-]?(?:\d{1,3}(?:,\d{3})+|\d*)(?:\.\d*)?(?:[eE][+-]?\d{1,3})?$/;
/** Digits that a quantity may have in all, written out. */
const mostDigits = 60;

/** A quantity as an exact decimal in plain digits; null for what is none. It is a number of no amount. */
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
 * `2026-04-01 00:00:00 +0000` as ISO 8601 UTC, parts of a second kept; null for what is no time, and for one
 * that says its day without its offset. A day or an hour that no calendar has is none, and never rolled over.
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

// How mails write amounts, days, names and the seller, as the buyer has them.
import type { SellerView } from '../documents/document-view.ts';

/** A name and its value, as mails list them. */
export type MailRow = readonly [name: string, value: string];

/** A name as it stands in a sentence: one line, and no longer than one. */
const longestName = 120;

/** The locale of a buyer, or `en-AU` where it has none, or one that is not known. */
export function knownLocale(locale: string | null): string {
  try {
    return Intl.DateTimeFormat.supportedLocalesOf(locale ?? 'en-AU')[0] ?? 'en-AU';
  } catch {
    return 'en-AU';
  }
}

/** An amount with its currency. @param cents integer */
export function amount(cents: number, currency: string, locale: string): string {
  const digits = String(Math.abs(cents)).padStart(3, '0');
  const exact = `${cents < 0 ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
  const format = new Intl.NumberFormat(locale, { style: 'currency', currency, currencyDisplay: 'code' });
  return format.format(exact as Intl.StringNumericLiteral).replaceAll(/\s/g, ' ');
}

/** A UTC day with the name of its month. */
export function longDay(day: string, locale: string): string {
  const format = new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone: 'UTC' });
  return format.format(new Date(`${day}T00:00:00Z`));
}

/** A text on one line, cut where it is longer than a name. */
export function oneLine(text: string): string {
  const line = text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim();
  const characters = [...line];
  return characters.length <= longestName ? line : `${characters.slice(0, longestName - 1).join('')}…`;
}

/** Tax id, mail address and phone of the seller, on one line. */
export function contactOf({ address, tax_id, email, phone }: SellerView): string {
  const id = `${address.country === 'AU' ? 'ABN' : 'Tax id'} ${tax_id}`;
  return [id, email, ...(phone === null ? [] : [phone])].map(oneLine).join(' · ');
}

/** How to pay the seller. @param reference null: the payment needs none */
export function bankRows({ bank }: SellerView, reference: string | null): MailRow[] {
  const rows: [string, string | null][] = [
    ['Bank', bank.name],
    ['Account name', bank.account_name],
    ['BSB', bank.bsb],
    ['Account number', bank.account_number],
    ['IBAN', bank.iban],
    ['BIC', bank.bic],
    ['Reference', reference],
  ];
  return rows.filter((row): row is [string, string] => row[1] !== null);
}

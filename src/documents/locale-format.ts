/**
 * How amounts, quantities and days are written for a locale. The tables are here and not in `Intl`, whose
 * texts change with the version of Node: a document has the same bytes on every machine. Exact: digits are
 * moved as text, no number is divided.
 */
import { canonicalDecimal, shiftDecimal } from '../pricing/money.ts';

/** Writes what a document shows. Cents are integers, quantities decimal strings, days `YYYY-MM-DD`. */
export interface LocaleFormat {
  /** `1,234.50`: two digits after the point. */
  amount(cents: number): string;
  /** With the sign of its currency: `$1,234.50`. */
  money(cents: number, currency: string): string;
  /** A price in cents that may have fractions: at least two digits after the point. */
  price(cents: string): string;
  /** `1,488.25`. */
  quantity(value: string): string;
  /** `30 April 2026`. */
  day(day: string): string;
  /** `30 Apr 2026`. */
  shortDay(day: string): string;
  /** `10%` of `0.10`. */
  percent(rate: string): string;
}

/** No-break space, so that an amount stays in one line. */
const space = '\u00a0';

/** Between groups of three digits, and before the fraction. */
const marks: Record<string, { group: string; point: string }> = {
  point: { group: ',', point: '.' },
  comma: { group: '.', point: ',' },
  space: { group: space, point: ',' },
  apostrophe: { group: '’', point: '.' },
};

/** Which marks a language has; English marks are the default. */
const marksOf: Record<string, keyof typeof marks> = {
  de: 'comma',
  es: 'comma',
  it: 'comma',
  nl: 'comma',
  pt: 'comma',
  id: 'comma',
  tr: 'comma',
  da: 'comma',
  el: 'comma',
  vi: 'comma',
  ro: 'comma',
  sl: 'comma',
  hr: 'comma',
  fr: 'space',
  ru: 'space',
  uk: 'space',
  bg: 'space',
  pl: 'space',
  cs: 'space',
  sk: 'space',
  sv: 'space',
  nb: 'space',
  no: 'space',
  fi: 'space',
  hu: 'space',
  'de-CH': 'apostrophe',
  'de-AT': 'comma',
  'es-MX': 'point',
};

type DateOrder = 'words' | 'words-us' | 'dots' | 'slashes' | 'dashes' | 'iso' | 'year-slashes';

const datesOf: Record<string, DateOrder> = {
  'en-US': 'words-us',
  de: 'dots',
  ru: 'dots',
  uk: 'dots',
  bg: 'dots',
  pl: 'dots',
  cs: 'dots',
  sk: 'dots',
  fi: 'dots',
  nb: 'dots',
  no: 'dots',
  da: 'dots',
  tr: 'dots',
  ro: 'dots',
  hr: 'dots',
  sl: 'dots',
  fr: 'slashes',
  es: 'slashes',
  it: 'slashes',
  pt: 'slashes',
  el: 'slashes',
  vi: 'slashes',
  id: 'slashes',
  th: 'slashes',
  ar: 'slashes',
  he: 'dots',
  nl: 'dashes',
  sv: 'iso',
  hu: 'iso',
  zh: 'year-slashes',
  ja: 'year-slashes',
  ko: 'year-slashes',
};

const months = 'January February March April May June July August September October November December'.split(
  ' ',
);

/** The sign of a currency, and the country in which it needs no letter before it. */
const signs: Record<string, { sign: string; home: string; short: string }> = {
  AUD: { sign: 'A$', home: 'AU', short: '$' },
  NZD: { sign: 'NZ$', home: 'NZ', short: '$' },
  USD: { sign: 'US$', home: 'US', short: '$' },
  CAD: { sign: 'CA$', home: 'CA', short: '$' },
  SGD: { sign: 'S$', home: 'SG', short: '$' },
  EUR: { sign: '€', home: '', short: '€' },
  GBP: { sign: '£', home: '', short: '£' },
};

/** The entry of a locale such as `de-CH`, else of its language, else the default. */
function entryOf<T>(table: Record<string, T>, locale: string, otherwise: T): T {
  const language = locale.split('-', 1)[0] ?? '';
  if (Object.hasOwn(table, locale)) return table[locale] ?? otherwise;
  return Object.hasOwn(table, language) ? (table[language] ?? otherwise) : otherwise;
}

function dayIn(order: DateOrder, day: string, short: boolean): string {
  const [year = '', month = '', date = ''] = day.split('-');
  const name = months[Number(month) - 1] ?? month;
  const word = short ? name.slice(0, 3) : name;
  switch (order) {
    case 'words':
      return [Number(date), word, year].join(space);
    case 'words-us':
      return `${word}${space}${Number(date)},${space}${year}`;
    case 'dots':
      return `${date}.${month}.${year}`;
    case 'slashes':
      return `${date}/${month}/${year}`;
    case 'dashes':
      return `${date}-${month}-${year}`;
    case 'iso':
      return day;
    case 'year-slashes':
      return `${year}/${month}/${date}`;
  }
}

/** The country of a locale: `AU` of `en-AU`, `TW` of `zh-Hant-TW`; empty without one. */
const regionOf = (locale: string): string =>
  locale.split('-').find((part, index) => index > 0 && /^[A-Z]{2}$/.test(part)) ?? '';

/** @param locale BCP 47; null, and a locale without an entry: as in `en-AU` */
export function formatFor(locale: string | null): LocaleFormat {
  const name = locale ?? 'en-AU';
  const region = locale === null ? 'AU' : regionOf(name);
  const { group, point } = marks[entryOf(marksOf, name, 'point')] ?? { group: ',', point: '.' };
  const order = entryOf(datesOf, name, 'words');
  const write = (value: string, digits: number): string => {
    const [whole = '0', fraction = ''] = value.replace('-', '').split('.');
    const grouped = whole.replaceAll(/\B(?=(?:\d{3})+$)/g, group);
    const shown = fraction.padEnd(digits, '0');
    return `${value.startsWith('-') ? '-' : ''}${grouped}${shown === '' ? '' : point + shown}`;
  };
  const amount = (cents: number) => write(shiftDecimal(String(cents), 2), 2);
  return {
    amount,
    money(cents, currency) {
      const known = signs[currency];
      const sign = known === undefined ? currency : known.home === region ? known.short : known.sign;
      const digits = amount(Math.abs(cents));
      const minus = cents < 0 ? '-' : '';
      if (point === ',') return `${minus}${digits}${space}${sign}`;
      return known === undefined ? `${minus}${sign}${space}${digits}` : `${minus}${sign}${digits}`;
    },
    price: (cents) => write(shiftDecimal(canonicalDecimal(cents), 2), 2),
    quantity: (value) => write(canonicalDecimal(value), 0),
    day: (day) => dayIn(order, day, false),
    shortDay: (day) => dayIn(order, day, true),
    percent: (rate) => `${write(shiftDecimal(canonicalDecimal(rate), -2), 0)}%`,
  };
}

import { visibleText } from '../visible-text.ts';
import { shiftDecimal } from '../../pricing/money.ts';

/** An element as xmlbuilder2 takes it: members in order, `@` for attributes, `#` for text. */
export interface XmlElement {
  [name: string]: string | XmlElement | XmlElement[] | undefined;
}

/** Text of an element, with what XML forbids replaced visibly; undefined (no element) where it is blank. */
export function text(value: string | null): string | undefined {
  const shown = visibleText(value ?? '').trim();
  return shown === '' ? undefined : shown;
}

/** Two digits after the point, as UBL writes amounts. */
export function decimalOf(cents: number): string {
  const [whole = '0', fraction = ''] = shiftDecimal(String(cents), 2).split('.');
  return `${whole}.${fraction.padEnd(2, '0')}`;
}

/** An amount element. */
export const amount = (cents: number, currency: string): XmlElement => ({
  '@currencyID': currency,
  '#': decimalOf(cents),
});

/** The members that are there. */
export function present(element: XmlElement): XmlElement {
  return Object.fromEntries(Object.entries(element).filter(([, value]) => value !== undefined));
}

import { canonicalDecimal, compareDecimals, shiftDecimal } from '../../pricing/money.ts';
import type { InvoiceView } from '../document-view.ts';
import { amount, type XmlElement } from './xml.ts';

/** A tax category (UNCL 5305): `S` at a rate, `Z` at zero, `E` exempt, `O` for sellers without a number. */
interface Category {
  code: 'S' | 'Z' | 'E' | 'O';
  /** Percent; null where a category has none. */
  percent: string | null;
}

/** The one category of a document: all its lines bear the same tax. */
export function categoryOf(view: InvoiceView): Category {
  if (view.seller.tax_id === '') return { code: 'O', percent: null };
  const [tax] = view.taxes;
  if (tax === undefined) return { code: 'E', percent: '0' };
  if (compareDecimals(tax.rate, '0') === 0) return { code: 'Z', percent: '0' };
  return { code: 'S', percent: shiftDecimal(canonicalDecimal(tax.rate), -2) };
}

/** A category as an element of a line or of the sum of a tax. */
export function categoryElement(category: Category, reason: boolean): XmlElement {
  const exempt =
    category.code === 'E' ? 'Exempt from tax' : category.code === 'O' ? 'Outside the scope of tax' : null;
  return {
    'cbc:ID': category.code,
    ...(category.percent === null ? {} : { 'cbc:Percent': category.percent }),
    ...(reason && exempt !== null ? { 'cbc:TaxExemptionReason': exempt } : {}),
    'cac:TaxScheme': { 'cbc:ID': 'GST' },
  };
}

/** @param sign −1 for a credit note, whose amounts UBL writes without a minus */
export function taxTotal(view: InvoiceView, sign: 1 | -1): XmlElement {
  const { currency } = view;
  return {
    'cbc:TaxAmount': amount(sign * view.tax_cents, currency),
    'cac:TaxSubtotal': {
      'cbc:TaxableAmount': amount(sign * view.subtotal_cents, currency),
      'cbc:TaxAmount': amount(sign * view.tax_cents, currency),
      'cac:TaxCategory': categoryElement(categoryOf(view), true),
    },
  };
}

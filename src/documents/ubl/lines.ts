import {
  addCents,
  canonicalDecimal,
  compareDecimals,
  multiplyDecimals,
  roundToCents,
  shiftDecimal,
} from '../../pricing/money.ts';
import type { DocumentLineView, InvoiceView, LineGroupView } from '../document-view.ts';
import { categoryElement, categoryOf } from './taxes.ts';
import { amount, present, text, type XmlElement } from './xml.ts';

/** Codes of UN/ECE recommendation 20; `C62` is one of anything. */
const unitCodes: Record<string, string> = {
  month: 'MON',
  hour: 'HUR',
  day: 'DAY',
  gb: 'E34',
  '1k_tokens': 'MIL',
};

const negated = (decimal: string): string => multiplyDecimals(canonicalDecimal(decimal), '-1');

/**
 * What a line's quantity times its price is above or below its amount: less than the whole month is charged,
 * or the amount was rounded for several days. PINT wants the difference as an allowance or a charge.
 */
function difference(lineCents: number, quantity: string, priceCents: string, currency: string): XmlElement {
  const product = roundToCents(multiplyDecimals(quantity, priceCents));
  const rest = addCents(lineCents, -product);
  if (rest === 0) return {};
  return {
    'cac:AllowanceCharge': {
      'cbc:ChargeIndicator': rest > 0 ? 'true' : 'false',
      'cbc:AllowanceChargeReason': 'Charged for the days in force',
      'cbc:Amount': amount(Math.abs(rest), currency),
    },
  };
}

/** The days of a line, where they lie in the period of the document, as PINT wants it. */
function periodOf(view: InvoiceView, line: DocumentLineView): XmlElement {
  const { from, to } = line;
  if (from === null || to === null || from < view.period_start || to > view.period_end) return {};
  return { 'cac:InvoicePeriod': { 'cbc:StartDate': from, 'cbc:EndDate': to } };
}

function lineOf(view: InvoiceView, group: LineGroupView, line: DocumentLineView, no: number): XmlElement {
  const credit = view.kind === 'credit_note';
  const cents = credit ? -line.amount_cents : line.amount_cents;
  // Prices are never negative in PINT, quantities may be: the sign goes there.
  const negative = compareDecimals(line.unit_price_cents, '0') < 0;
  const price = negative ? negated(line.unit_price_cents) : canonicalDecimal(line.unit_price_cents);
  const quantity = negative === credit ? canonicalDecimal(line.qty) : negated(line.qty);
  const unit = { '@unitCode': unitCodes[line.unit] ?? 'C62' };
  const place = text(group.display_name ?? group.slug);
  return {
    'cbc:ID': String(no),
    [credit ? 'cbc:CreditedQuantity' : 'cbc:InvoicedQuantity']: { ...unit, '#': quantity },
    'cbc:LineExtensionAmount': amount(cents, view.currency),
    ...periodOf(view, line),
    ...difference(cents, quantity, price, view.currency),
    'cac:Item': present({
      'cbc:Description': place,
      'cbc:Name': text(line.description) ?? line.kind,
      'cac:ClassifiedTaxCategory': categoryElement(categoryOf(view), false),
    }),
    'cac:Price': {
      'cbc:PriceAmount': { '@currencyID': view.currency, '#': priceOf(price) },
      'cbc:BaseQuantity': { ...unit, '#': '1' },
    },
  };
}

const priceOf = (cents: string): string => {
  const [whole = '0', fraction = ''] = shiftDecimal(cents, 2).split('.');
  return `${whole}.${fraction.padEnd(2, '0')}`;
};

/** What a document without a line says, since PINT wants one at least. */
const nothing: DocumentLineView = {
  line_no: 1,
  deployment_id: null,
  kind: 'charge',
  resource_kind: null,
  description: 'Nothing was charged',
  from: null,
  to: null,
  qty: '1',
  unit: 'one',
  unit_price_cents: '0',
  amount_cents: 0,
};

const noGroup: LineGroupView = {
  deployment_id: null,
  slug: null,
  display_name: null,
  lines: [nothing],
  subtotal_cents: 0,
};

/** The lines of a document, numbered from 1 over all groups. */
export function lineElements(view: InvoiceView): XmlElement[] {
  const groups = view.groups.some((group) => group.lines.length > 0) ? view.groups : [noGroup];
  return groups
    .flatMap((group) => group.lines.map((line) => ({ group, line })))
    .map(({ group, line }, index) => lineOf(view, group, line, index + 1));
}

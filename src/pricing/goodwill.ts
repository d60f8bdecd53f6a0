/**
 * Goodwill: credit that an operator gives on an invoice beside what its month comes to. It bears the
 * invoice's tax, and all of it together never exceeds the invoice with its corrections.
 */
import type { NoteTotals } from './correction-lines.ts';
import { addCents, canonicalDecimal, convertCents, shiftDecimal, totalOf } from './money.ts';
import type { Tax } from './tax.ts';
import type { BilledLine } from './types.ts';

/** Amounts before tax and of tax. */
export type Taxed = Pick<NoteTotals, 'subtotal_cents' | 'tax_cents'>;

/** A part of a credit as it is given. */
export interface CreditLine {
  description: string;
  /** Positive, before tax. */
  amount_cents: number;
  deployment_id: string | null;
}

/** What goodwill notes are measured against. */
export interface CreditedInvoice {
  /** The invoice with its corrections. */
  standing: Taxed;
  /** Goodwill so far: positive. */
  given: Taxed;
  tax: Tax;
}

/** What of an invoice can still be given back, before tax and of tax. */
export function leftToCredit({ standing, given }: CreditedInvoice): Taxed {
  return {
    subtotal_cents: addCents(standing.subtotal_cents, -given.subtotal_cents),
    tax_cents: addCents(standing.tax_cents, -given.tax_cents),
  };
}

/**
 * The lines of a credit. Its tax is that of all goodwill together, less what earlier notes gave back: who
 * gives back the whole subtotal gives back exactly the whole tax.
 */
export function creditLines(invoice: CreditedInvoice, lines: readonly CreditLine[]): BilledLine[] {
  const { given, tax } = invoice;
  const credited = addCents(given.subtotal_cents, totalOf(lines));
  const tax_cents = addCents(taxOfCredit(invoice, credited), -given.tax_cents);
  return [
    ...lines.map(({ description, amount_cents, deployment_id }) =>
      goodwillLine(description, -amount_cents, deployment_id),
    ),
    ...taxLines(tax, -totalOf(lines), -tax_cents),
  ];
}

/** The lines that take back goodwill which a correction left above the invoice; none where there is none. */
export function takeBackLines(invoice: CreditedInvoice): BilledLine[] {
  const surplus = surplusOf(invoice);
  if (surplus.subtotal_cents === 0 && surplus.tax_cents === 0) return [];
  const taken = goodwillLine('Goodwill above the corrected invoice', surplus.subtotal_cents, null);
  return [
    ...(surplus.subtotal_cents === 0 ? [] : [taken]),
    ...taxLines(invoice.tax, surplus.subtotal_cents, surplus.tax_cents),
  ];
}

/** Goodwill above what the invoice with its corrections comes to, before tax and of tax. */
function surplusOf(invoice: CreditedInvoice): Taxed {
  const { standing, given } = invoice;
  const subtotal = Math.min(given.subtotal_cents, standing.subtotal_cents);
  const tax = Math.min(given.tax_cents, taxOfCredit(invoice, subtotal));
  return {
    subtotal_cents: addCents(given.subtotal_cents, -subtotal),
    tax_cents: addCents(given.tax_cents, -tax),
  };
}

/** The tax of so much goodwill in all. */
function taxOfCredit({ standing, tax }: CreditedInvoice, subtotalCents: number): number {
  if (subtotalCents === standing.subtotal_cents) return standing.tax_cents;
  return Math.min(convertCents(subtotalCents, tax.rate), standing.tax_cents);
}

function goodwillLine(description: string, amount_cents: number, deployment_id: string | null): BilledLine {
  return {
    deployment_id,
    kind: 'charge',
    resource_kind: null,
    description,
    qty: '1',
    unit: 'credit',
    unit_price_cents: amount_cents,
    amount_cents,
    meta: { purpose: 'goodwill' },
  };
}

/** One tax line; none where it comes to nothing. */
function taxLines({ name, rate }: Tax, subtotal_cents: number, amount_cents: number): BilledLine[] {
  if (amount_cents === 0) return [];
  const tax_rate = canonicalDecimal(rate);
  return [
    {
      deployment_id: null,
      kind: 'tax',
      resource_kind: null,
      description: `${name} ${shiftDecimal(tax_rate, -2)} %`,
      qty: '1',
      unit: 'credit',
      unit_price_cents: amount_cents,
      amount_cents,
      meta: { purpose: 'goodwill', tax_name: name, tax_rate, subtotal_cents },
    },
  ];
}

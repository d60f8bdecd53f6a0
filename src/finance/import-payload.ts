/** The body of an import (spec section 4). Amounts are integers in the currency's minor unit. */
export interface ImportInvoicePayload {
  tenant_id: 'platform-admin';
  source: 'digitalocean';
  external_id: string;
  vendor: { name: 'DigitalOcean'; category: 'cloud' };
  /** First and last day of the month that is billed. */
  period_start: string;
  period_end: string;
  currency: string;
  amount_gross_minor: number;
  amount_net_minor: number;
  amount_tax_minor: number;
  lines: ImportInvoiceLine[];
}

interface ImportInvoiceLine {
  line_no: number;
  description: string;
  kind: string | null;
  amount_minor: number;
  is_tax: boolean;
}

export interface InvoiceToImport {
  uuid: string;
  /** First day of the month that is billed, YYYY-MM-01. */
  period: string;
  currency: string;
}

export interface LineToImport {
  line_no: number;
  description: string;
  kind: string | null;
  amount_cents: number;
  is_tax: boolean;
}

/**
 * The payload of an invoice: tax is the sum of the tax lines, net that of all others, gross the sum of both.
 * Lines are in order of their number. Throws RangeError when a sum is no safe integer or the period is no
 * first day of a month.
 */
export function buildImportPayload(
  invoice: InvoiceToImport,
  lines: readonly LineToImport[],
): ImportInvoicePayload {
  const net = sumCents(lines.filter((line) => !line.is_tax));
  const tax = sumCents(lines.filter((line) => line.is_tax));
  return {
    tenant_id: 'platform-admin',
    source: 'digitalocean',
    external_id: invoice.uuid,
    vendor: { name: 'DigitalOcean', category: 'cloud' },
    period_start: invoice.period,
    period_end: lastDayOf(invoice.period),
    currency: invoice.currency,
    amount_gross_minor: safe(net + tax),
    amount_net_minor: net,
    amount_tax_minor: tax,
    lines: [...lines]
      .sort((a, b) => a.line_no - b.line_no)
      .map(({ line_no, description, kind, amount_cents, is_tax }) => ({
        line_no,
        description,
        kind,
        amount_minor: amount_cents,
        is_tax,
      })),
  };
}

function sumCents(lines: readonly LineToImport[]): number {
  return lines.reduce((sum, line) => safe(sum + safe(line.amount_cents)), 0);
}

function safe(cents: number): number {
  if (!Number.isSafeInteger(cents)) throw new RangeError(`not a safe integer of cents: ${cents}`);
  return cents;
}

function lastDayOf(period: string): string {
  const match = /^(\d{4})-(0[1-9]|1[0-2])-01$/.exec(period);
  if (match === null) throw new RangeError(`not the first day of a month: ${period}`);
  const [, year, month] = match;
  // Day 0 of the next month; Date counts months from 0, so that `month` already is the next one.
  return new Date(Date.UTC(Number(year), Number(month), 0)).toISOString().slice(0, 10);
}

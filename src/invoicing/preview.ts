/** What closing a month would issue: by the judgement of the roll-up, over inputs that it would read. */
import { setImmediate as turn } from 'node:timers/promises';
import type { InvoiceLineRow } from '../../projections/invoicing/invoice-queries.ts';
import type { Db } from '../database/db.ts';
import type { NotBillable } from '../pricing/billable.ts';
import { lastDay } from '../pricing/calendar.ts';
import type { BilledInvoice } from '../pricing/invoice.ts';
import { canonicalDecimal, roundToCents, sumCents } from '../pricing/money.ts';
import type { Tax } from '../pricing/tax.ts';
import { judgeCandidate, type InvoiceToIssue } from './judge-candidate.ts';
import { readMonth } from './read-month.ts';

/** An invoice that is not issued yet, in the fields of one that is. */
export interface PreviewedInvoice extends Omit<BilledInvoice, 'tax' | 'lines'> {
  invoice_id: string;
  tax_name: string;
  tax_rate: string;
  lines: InvoiceLineRow[];
}

/** Over all invoices that were asked for, whatever the page. */
export interface PreviewSummary {
  /** First day of the month. */
  period: string;
  /** The month has ended. Before that it is the month so far. */
  is_final: boolean;
  /** The journal position of the inputs. */
  position: number;
  currency: string;
  /** How many would be issued, and what they come to. */
  invoices: number;
  subtotal_cents: number;
  tax_cents: number;
  total_cents: number;
  /** How many are there already, void ones included: they stay as they are. */
  standing: number;
  /** Tenants whose month can't be billed. */
  not_billable: NotBillable[];
}

/** A page of a month's preview. */
export interface Preview {
  /** In the order of tenant ids. */
  invoices: PreviewedInvoice[];
  summary: PreviewSummary;
}

export interface PreviewScope {
  /** First day of the month. */
  period: string;
  /** One tenant alone; default: all. */
  tenant_id?: string | undefined;
  currency: string;
  /** The tax that the roll-up of a ledger without any rate would seed. */
  seedTax: Tax;
  /** UTC day. */
  today: string;
}

/** After so many tenants other requests get their turn. */
const tenantsATurn = 200;

/**
 * Computes what a roll-up over all tenants would issue now.
 * @param db one snapshot, which stands at journal position `position`
 * @param page at most `limit` invoices of tenants after `after`
 */
export async function previewMonth(
  db: Db,
  position: number,
  { period, tenant_id, currency, seedTax, today }: PreviewScope,
  page: { after: string | null; limit: number },
): Promise<Preview> {
  const tax = { name: seedTax.name, rate: canonicalDecimal(seedTax.rate) };
  const month = await readMonth(db, position, { period, tenant_id }, { currency, seedTax: tax });
  const invoices: PreviewedInvoice[] = [];
  const figures: BilledInvoice[] = [];
  const not_billable: NotBillable[] = [];
  let standing = month.standing.length;
  for (const [index, candidate] of month.candidates.entries()) {
    if (index % tenantsATurn === tenantsATurn - 1) await turn();
    const judged = judgeCandidate(candidate, { position, force: false, single: false });
    const tenant = candidate.inputs.tenant_id;
    if (judged.verdict === 'stands') standing += 1;
    if (judged.verdict === 'not-billable')
      not_billable.push({ tenant_id: tenant, reason: judged.error.message });
    if (judged.verdict !== 'issue') continue;
    figures.push(judged.billed);
    if (invoices.length < page.limit && (page.after === null || tenant > page.after))
      invoices.push(previewed(judged.invoice()));
  }
  const summary = {
    period,
    is_final: today > lastDay(period),
    position,
    currency,
    invoices: figures.length,
    subtotal_cents: sumCents(figures.map(({ subtotal_cents }) => subtotal_cents)),
    tax_cents: sumCents(figures.map(({ tax_cents }) => tax_cents)),
    total_cents: sumCents(figures.map(({ total_cents }) => total_cents)),
    standing,
    not_billable,
  };
  return { invoices, summary };
}

/** An invoice as the API shows an issued one. */
function previewed({ content, parts }: InvoiceToIssue): PreviewedInvoice {
  const { inputs_position: _at, lines_hash: _hash, parts: _parts, lines: _lines, ...figures } = content;
  const lines = parts.events.flatMap(({ data }) => data.lines);
  return {
    ...figures,
    tax_rate: canonicalDecimal(figures.tax_rate),
    lines: lines.map((line) => ({
      ...line,
      qty: canonicalDecimal(line.qty),
      unit_price_cents: roundToCents(line.unit_price_cents),
    })),
  };
}

/** Compares every invoice of a month and its notes with what a rollup of the month would bill now. */
import { expect } from 'chai';
import { loadInvoicingInputs } from '../../../src/invoicing/load-invoicing-inputs.ts';
import { billableMonth, noteTenant, type TenantOutcomes } from '../../../src/pricing/billable.ts';
import type { BilledInvoice } from '../../../src/pricing/invoice.ts';
import { groupBy } from '../../../src/runtime/group-by.ts';
import type { TestLedger } from '../ledger/test-ledger.ts';

interface Totals {
  subtotal_cents: number;
  tax_cents: number;
  total_cents: number;
}

type Line = { deployment_id: string | null; kind: string; resource_kind: string | null; description: string };

const keyOf = ({ deployment_id, kind, resource_kind, description }: Line): string =>
  [deployment_id, kind, resource_kind, description].join(' | ');

/** The sum of amounts by line, without those that come to nothing. */
function byLine(lines: readonly (Line & { amount_cents: number })[]): Record<string, number> {
  const sums = new Map<string, number>();
  for (const line of lines) sums.set(keyOf(line), (sums.get(keyOf(line)) ?? 0) + line.amount_cents);
  return Object.fromEntries([...sums].filter(([, cents]) => cents !== 0).sort());
}

/** What the invoices of a month were corrected to. */
export interface CorrectedMonth {
  /** Tenants whose month comes to less than zero: their invoices are not corrected. In order. */
  notBillable: string[];
  /** What names the lines of each tenant's invoice and of its corrections. */
  corrected: Map<string, string[]>;
}

/**
 * Expects of every tenant of a month: the invoice and its corrections are a fresh rollup, line by line and in
 * tax and total, or are what they were where the month can't be billed; notes are what their lines come to;
 * no more is credited than was invoiced.
 * @param before the month as it was before facts came late
 */
export async function expectCorrected(
  ledger: TestLedger,
  period: string,
  before: CorrectedMonth | null,
): Promise<CorrectedMonth> {
  await ledger.settled();
  const { sql } = ledger;
  const notes = await sql<({ tenant_id: string; purpose: string; lines_hash: string } & Totals)[]>`
    select c.tenant_id, c.purpose, c.lines_hash, c.subtotal_cents, c.tax_cents, c.total_cents
    from rm_invoices_v5.corrections c join rm_invoices_v5.tenant_invoices i on i.id = c.invoice_id
    where i.period_start = ${period}
    order by c.tenant_id, c.correction_no`;
  const invoices = await sql<({ tenant_id: string; lines_hash: string } & Totals)[]>`
    select tenant_id, lines_hash, subtotal_cents, tax_cents, total_cents from rm_invoices_v5.tenant_invoices
    where period_start = ${period}`;
  // Months with equal lines have equal hashes.
  const stored = await sql<(Line & { tenant_id: string; lines_hash: string; amount_cents: number })[]>`
    select distinct on (tenant_id, lines_hash, line_no)
      tenant_id, lines_hash, deployment_id, kind, resource_kind, description, amount_cents
    from rm_invoices_v5.tenant_invoice_lines`;
  const lines = groupBy(stored, ({ tenant_id, lines_hash }) => `${tenant_id} ${lines_hash}`);
  const linesOf = (one: { tenant_id: string; lines_hash: string }) =>
    lines.get(`${one.tenant_id} ${one.lines_hash}`) ?? [];
  const inputs = await ledger.ledger.readLatest((db, atPosition) =>
    loadInvoicingInputs(db, { period, atPosition, currency: 'AUD' }),
  );
  const fresh: TenantOutcomes<[string, BilledInvoice | null]> = { results: [], not_billable: [] };
  for (const tenant of inputs)
    noteTenant(fresh, tenant.tenant_id, () => [tenant.tenant_id, billableMonth(tenant)]);
  const months = new Map(fresh.results);
  const refused = new Set(fresh.not_billable.map(({ tenant_id }) => tenant_id));
  const corrected = new Map<string, string[]>();
  const notesOf = groupBy(notes, ({ tenant_id }) => tenant_id);
  for (const invoice of invoices) {
    const { tenant_id } = invoice;
    const own = notesOf.get(tenant_id) ?? [];
    const corrections = own.filter(({ purpose }) => purpose === 'correction');
    const billed = [invoice, ...corrections];
    const hashes = billed.map(({ lines_hash }) => lines_hash);
    corrected.set(tenant_id, hashes);
    if (refused.has(tenant_id))
      expect(hashes, `${tenant_id}: can't be billed`).to.deep.equal(
        before?.corrected.get(tenant_id) ?? [invoice.lines_hash],
      );
    else {
      const month = months.get(tenant_id) ?? null;
      expect(byLine(billed.flatMap(linesOf)), `${tenant_id}: lines`).to.deep.equal(
        byLine((month?.lines ?? []).map(({ line }) => line)),
      );
      expect(totalsOf(billed), `${tenant_id}: totals`).to.deep.equal(totalsOf(month === null ? [] : [month]));
    }
    for (const note of own) {
      const tax = linesOf(note).filter(({ kind }) => kind === 'tax');
      const sum = (some: readonly { amount_cents: number }[]) =>
        some.reduce((cents, { amount_cents }) => cents + amount_cents, 0);
      expect([sum(linesOf(note)), sum(tax)], `${tenant_id}: a note's lines`).to.deep.equal([
        note.total_cents,
        note.tax_cents,
      ]);
    }
    const left = totalsOf([invoice, ...own]);
    expect(Math.min(...Object.values(left)), `${tenant_id}: credit above the invoice`).to.be.at.least(0);
  }
  return { notBillable: [...refused].filter((tenant) => corrected.has(tenant)).sort(), corrected };
}

function totalsOf(some: readonly Totals[]): Totals {
  const sum = (field: keyof Totals) => some.reduce((cents, one) => cents + one[field], 0);
  return {
    subtotal_cents: sum('subtotal_cents'),
    tax_cents: sum('tax_cents'),
    total_cents: sum('total_cents'),
  };
}

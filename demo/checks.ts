import type { Facts } from './facts.ts';
import { money } from '../src/pricing/amount-text.ts';
import { demoTenant } from './demo-setup.ts';
import { bookshop, lawFirm } from './parties.ts';

/** One thing that must hold: what was found beside what was expected. */
export interface Check {
  what: string;
  found: string;
  expected: string;
}

export const holds = ({ found, expected }: Check): boolean => found === expected;

const sum = (lines: readonly { amount_cents: number }[]): number =>
  lines.reduce((total, { amount_cents }) => total + amount_cents, 0);

function ofTenant({ margin }: Facts, tenantId: string) {
  return margin.tenants.find(({ tenant_id }) => tenant_id === tenantId);
}

/** The figures of the sample month, and what must hold of any month. */
export function checksOf(facts: Facts): Check[] {
  return [
    ...costChecks(facts),
    ...revenueChecks(facts),
    ...paidChecks(facts),
    ...marginChecks(facts),
    ...ledgerChecks(facts),
  ];
}

const leftTo = ({ left }: Facts, tenantId: string): string =>
  money(left.find(({ tenant_id }) => tenant_id === tenantId)?.total_cents ?? 0);

function costChecks({
  costs: { data: lines, summary },
  providerInvoice,
  providerInvoices,
  finance,
}: Facts): Check[] {
  const tax = sum(lines.filter(({ unmatched_reason }) => unmatched_reason === 'tax'));
  return [
    {
      what: 'every invoice ever is ingested',
      found: String(providerInvoices.filter(({ status }) => status === 'ingested').length),
      expected: '137',
    },
    {
      what: 'April: lines, of them matched',
      found: `${summary.lines}, ${summary.matched}`,
      expected: '33, 17',
    },
    {
      what: 'April: lines sum to the invoice',
      found: money(sum(lines)),
      expected: money(providerInvoice.amount_cents),
    },
    { what: 'April: total', found: money(summary.total_cents), expected: '86.92' },
    { what: 'April: tax', found: `${money(summary.tax_cents)} of ${money(tax)}`, expected: '7.90 of 7.90' },
    {
      what: 'finance holds gross = net + tax',
      found:
        finance === null
          ? 'nothing'
          : `${money(finance.gross)} = ${money(finance.net)} + ${money(finance.tax)}`,
      expected: '86.92 = 79.02 + 7.90',
    },
  ];
}

function revenueChecks({ usage, invoice }: Facts): Check[] {
  const tax = invoice.lines.filter(({ kind }) => kind === 'tax');
  const rest = invoice.lines.filter(({ kind }) => kind !== 'tax');
  return [
    {
      what: 'droplet hours of 5 droplets in 30 days',
      found: usage['droplet_hours'] ?? 'none',
      expected: '3600',
    },
    {
      what: 'tenant invoice: lines sum to subtotal',
      found: money(sum(rest)),
      expected: money(invoice.subtotal_cents),
    },
    {
      what: 'tenant invoice: subtotal + tax = total',
      found: money(invoice.subtotal_cents + sum(tax)),
      expected: money(invoice.total_cents),
    },
    { what: 'tenant invoice: total', found: money(invoice.total_cents), expected: '78.23' },
  ];
}

function paidChecks({ paid: { number, pdf, invoice, corrections, receivables } }: Facts): Check[] {
  const notes = corrections.reduce((total, { total_cents }) => total + total_cents, 0);
  return [
    { what: 'the number after those of March', found: number, expected: 'SKY-2026-000003' },
    {
      what: 'the journal holds the hash of the PDF',
      found: (pdf.recorded ?? 'none').slice(0, 16),
      expected: pdf.sha256.slice(0, 16),
    },
    {
      what: 'the late charge, and its withdrawal',
      found: corrections.map(({ total_cents }) => money(total_cents)).join(', '),
      expected: `${money(264)}, ${money(-264)}`,
    },
    {
      what: 'invoice + notes − payment = open',
      found: money(invoice.total_cents + notes - invoice.paid_cents),
      expected: money(invoice.open_cents),
    },
    {
      what: 'receivables hold what is open of it',
      found: money(receivables.data.find(({ tenant_id }) => tenant_id === demoTenant)?.total_cents ?? 0),
      expected: money(invoice.open_cents),
    },
  ];
}

function marginChecks(facts: Facts): Check[] {
  const { overall, tenants } = facts.margin;
  const show = (
    figures:
      | { revenue_cents: number; cogs_cents: number; margin_cents: number; margin_pct: number | null }
      | undefined,
  ): string =>
    figures === undefined
      ? 'none'
      : `${money(figures.revenue_cents)} − ${money(figures.cogs_cents)} = ` +
        `${money(figures.margin_cents)} (${figures.margin_pct ?? '–'} %)`;
  const attributed = tenants.reduce((total, { cogs_cents }) => total + cogs_cents, 0);
  return [
    {
      what: `margin of ${demoTenant}`,
      found: show(ofTenant(facts, demoTenant)),
      expected: '71.12 − 30.53 = 40.59 (57.1 %)',
    },
    {
      what: 'cost of skyai-internal',
      found: money(ofTenant(facts, 'skyai-internal')?.cogs_cents ?? 0),
      expected: '9.29',
    },
    {
      what: 'cost of nobody: unmatched + tax',
      found: money(overall.unattributed_cents),
      expected: money(3920 + 790),
    },
    {
      what: 'attributed + unattributed = the invoice',
      found: money(attributed + overall.unattributed_cents),
      expected: money(facts.providerInvoice.amount_cents),
    },
    { what: 'margin overall', found: money(overall.margin_cents), expected: '−15.80' },
    {
      what: 'leakage: unattributed + skyai-internal',
      found: money(facts.leakage.total_cents),
      expected: money(4710 + 929),
    },
    { what: `left to issue to ${bookshop}`, found: leftTo(facts, bookshop), expected: '149.13' },
    { what: `left to issue to ${lawFirm}`, found: leftTo(facts, lawFirm), expected: '86.66' },
  ];
}

function ledgerChecks({ eventsOfRerun, ownInvoices, statusForOthers, projections }: Facts): Check[] {
  return [
    { what: 'a second run of the jobs adds', found: `${eventsOfRerun} events`, expected: '0 events' },
    {
      what: 'the tenant sees its invoice; to others it is',
      found: `${ownInvoices}; ${statusForOthers}`,
      expected: '1; 404',
    },
    {
      what: 'projections that are behind',
      found: String(projections.filter(({ status, lag }) => status !== 'live' || lag > 0).length),
      expected: '0',
    },
  ];
}

// The month-end report: pure text from what was read.
import { holds, type Check } from './checks.ts';
import type { CostLineAnswer } from './answers.ts';
import type { Facts } from './facts.ts';
import { money } from '../src/pricing/amount-text.ts';
import type { TableRow } from '../src/cli/text-table.ts';
import { paidSection } from './paid-section.ts';
import { pageWidth, section, table, type Style } from './text.ts';

const reasons: Record<string, string> = {
  tax: 'tax',
  'no-kind': 'names no resource',
  'not-found': 'no resource of that name at the time',
  ambiguous: 'several resources of that name at the time',
};

const sum = (lines: readonly CostLineAnswer[]): number =>
  lines.reduce((total, { amount_cents }) => total + amount_cents, 0);

function groupBy(
  lines: readonly CostLineAnswer[],
  keyOf: (line: CostLineAnswer) => string,
): [string, CostLineAnswer[]][] {
  const groups = new Map<string, CostLineAnswer[]>();
  for (const line of lines) groups.set(keyOf(line), [...(groups.get(keyOf(line)) ?? []), line]);
  return [...groups].sort(([, a], [, b]) => sum(b) - sum(a));
}

/** The whole report, line by line. */
export function report(facts: Facts, checks: readonly Check[], seconds: string, style: Style): string[] {
  return [
    '',
    style.bold('━'.repeat(pageWidth)),
    style.bold('  MONTH-END REPORT   April 2026'),
    style.bold('━'.repeat(pageWidth)),
    ...costSection(facts, style),
    ...unmatchedSection(facts, style),
    ...invoiceSection(facts, style),
    ...paidSection(facts.paid, style),
    ...marginSection(facts, style),
    ...driftSection(facts, style),
    ...leftSection(facts, style),
    ...checkSection(checks, style),
    '',
    style.dim(`  ${facts.events} events in the ledger · ${seconds} s from an empty ledger to this report`),
    '',
  ];
}

function costSection(
  { costs: { data: lines, summary }, providerInvoice, providerInvoices }: Facts,
  style: Style,
): string[] {
  const rows = groupBy(
    lines,
    ({ kind, unmatched_reason }) => kind ?? (unmatched_reason === 'tax' ? 'tax' : 'other'),
  ).map(([kind, group]) => [
    kind,
    String(group.length),
    String(group.filter(({ matched }) => matched).length),
    money(sum(group)),
  ]);
  const pushed = providerInvoices.filter(({ pushed_to_finance_at }) => pushed_to_finance_at !== null).length;
  const difference = providerInvoice.difference_cents ?? 0;
  // In tenths of a percent, by whole numbers: 17 of 33 is 515.
  const share = String(Math.round((summary.matched * 1000) / Math.max(1, summary.lines))).padStart(2, '0');
  return [
    ...section('What DigitalOcean billed', style, `invoice ${providerInvoice.uuid} (USD)`),
    ...table(
      [
        { heading: 'kind' },
        { heading: 'lines', align: 'right' },
        { heading: 'matched', align: 'right' },
        { heading: 'amount', align: 'right' },
      ],
      [...rows, '-', ['total', String(summary.lines), String(summary.matched), money(summary.total_cents)]],
      style,
    ),
    '',
    `  ${summary.matched} of ${summary.lines} lines have their resource ` +
      `(${share.slice(0, -1)}.${share.slice(-1)} %).`,
    `  The lines and the invoice's amount differ by ${money(difference)}.`,
    `  Pushed to finance: ${pushed} of ${providerInvoices.length} invoices, this one as ` +
      `${providerInvoice.finance_invoice_id ?? 'none'}.`,
  ];
}

function unmatchedSection({ costs: { data: lines } }: Facts, style: Style): string[] {
  const unmatched = lines.filter(({ matched }) => !matched);
  const rows = groupBy(unmatched, ({ unmatched_reason }) => unmatched_reason ?? 'unknown').flatMap(
    ([reason, group], index): TableRow[] => [
      ...(index === 0 ? [] : ['-' as const]),
      [
        `${reasons[reason] ?? reason}, ${group.length} ${group.length === 1 ? 'line' : 'lines'}`,
        money(sum(group)),
      ],
      ...group.map((line): TableRow => [`    ${line.description}`, money(line.amount_cents)]),
    ],
  );
  return [
    ...section('Lines without a resource', style, `${unmatched.length} lines, ${money(sum(unmatched))}`),
    ...table(
      [
        { heading: 'reason and lines', max: 64 },
        { heading: 'amount', align: 'right' },
      ],
      rows,
      style,
    ),
  ];
}

function invoiceSection({ invoice, usage, records }: Facts, style: Style): string[] {
  const lines = invoice.lines.map(({ description, qty, unit, unit_price_cents, amount_cents, kind }) => [
    description,
    kind === 'tax' ? '' : `${qty} ${unit}`,
    kind === 'tax' ? '' : money(unit_price_cents),
    money(amount_cents),
  ]);
  const used = Object.entries(usage)
    .map(([kind, qty]) => `${kind} ${qty}`)
    .join(', ');
  return [
    ...section(
      `Invoice to ${invoice.tenant_id}`,
      style,
      `${invoice.period_start} to ${invoice.period_end} (${invoice.currency}), ${invoice.status}`,
    ),
    `  Used: ${used}, from ${records} records of 30 days.`,
    '',
    ...table(
      [
        { heading: 'line', max: 44 },
        { heading: 'quantity', align: 'right' },
        { heading: 'price', align: 'right' },
        { heading: 'amount', align: 'right' },
      ],
      [
        ...lines.slice(0, -1),
        '-',
        ['subtotal', '', '', money(invoice.subtotal_cents)],
        ...lines.slice(-1),
        '-',
        ['total', '', '', money(invoice.total_cents)],
      ],
      style,
    ),
  ];
}

function marginSection({ margin: { overall, tenants, currency, fx }, costs }: Facts, style: Style): string[] {
  const percent = (value: number | null): string =>
    value === null ? '–' : `${value < 0 ? '−' : ''}${Math.abs(value)} %`;
  const row = (
    name: string,
    { revenue_cents, cogs_cents, margin_cents, margin_pct }: (typeof tenants)[number] | typeof overall,
  ): string[] => [name, money(revenue_cents), money(cogs_cents), money(margin_cents), percent(margin_pct)];
  const tax = costs.summary.tax_cents;
  const unattributed = (name: string, cents: number): string[] => [name, '', money(cents), money(-cents), ''];
  return [
    ...section(
      'Margin',
      style,
      `${currency}, ex tax; 1 ${fx.from} = ${fx.rate} ` +
        `${fx.to}${fx.source === 'default' ? ' (no rate is set)' : ''}`,
    ),
    ...table(
      [
        { heading: 'tenant' },
        { heading: 'revenue', align: 'right' },
        { heading: 'cost', align: 'right' },
        { heading: 'margin', align: 'right' },
        { heading: '', align: 'right' },
      ],
      [
        ...[...tenants]
          .sort((a, b) => b.revenue_cents - a.revenue_cents)
          .map((tenant) => row(tenant.tenant_id, tenant)),
        unattributed('nobody: unmatched lines', overall.unattributed_cents - tax),
        unattributed('nobody: tax', tax),
        '-',
        row('overall', overall),
      ],
      style,
    ),
  ];
}

function driftSection({ drifts }: Facts, style: Style): string[] {
  const out = section('Drift', style, 'live resources against their specs, two of which differ on purpose');
  if (drifts.length === 0) return [...out, '  none'];
  const show = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
  return [
    ...out,
    ...table(
      [
        { heading: 'resource' },
        { heading: 'field' },
        { heading: 'wanted' },
        { heading: 'is' },
        { heading: 'USD a month', align: 'right' },
      ],
      drifts.map(({ name, field, desired, actual, monthly_delta_cents: delta }) => [
        name,
        field,
        show(desired),
        show(actual),
        delta === null ? '' : money(delta),
      ]),
      style,
    ),
  ];
}

/** Invoices of the month that a person may look at and issue, in the console or by the API. */
function leftSection({ left }: Facts, style: Style): string[] {
  return [
    ...section('Left for you', style, 'April of two more customers is not issued yet: close it'),
    ...table(
      [{ heading: 'tenant' }, { heading: 'lines', align: 'right' }, { heading: 'total', align: 'right' }],
      left.map(({ tenant_id, lines, total_cents }) => [tenant_id, String(lines.length), money(total_cents)]),
      style,
    ),
  ];
}

function checkSection(checks: readonly Check[], style: Style): string[] {
  const width = Math.max(...checks.map(({ what }) => what.length));
  return [
    ...section('Checked', style, `${checks.filter(holds).length} of ${checks.length} hold`),
    ...checks.map((check) =>
      holds(check)
        ? `  ${style.good('✓')} ${check.what.padEnd(width)}   ${check.found}`
        : `  ${style.bad('✗')} ${check.what.padEnd(width)}   ` +
          style.bad(`${check.found}, expected ${check.expected}`),
    ),
  ];
}

/** Where the ledger is after the demo, and commands to try on it; or why it does not stay. */
export function whereItStays(
  { dataDir, temporaryBecause }: { dataDir: string; temporaryBecause: string | null },
  style: Style,
): string[] {
  if (temporaryBecause !== null)
    return [...section('The ledger goes with this demo', style), `  ${temporaryBecause}: ${dataDir}`, ''];
  return [
    ...section('The ledger stays until the next demo', style, dataDir),
    `  ARCADIA_DATA=${dataDir} npm run arcadia -- what-if --period 2026-04 --plan studio.base=5500`,
    `  ARCADIA_DATA=${dataDir} npm run arcadia -- verify`,
    '',
  ];
}

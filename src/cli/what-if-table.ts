/** A what-if for people. */
import type { WhatIfResult } from '../invoicing/what-if.ts';
import type { WhatIfMonth, WhatIfTenant } from '../invoicing/what-if-month.ts';
import type { WhatIfSums } from '../invoicing/what-if-sums.ts';
import type { MarginFigures } from '../pricing/margin.ts';
import type { WhatIfLine } from '../pricing/what-if.ts';
import { visibleLine } from './visible.ts';

/** A label and what stands before, after, and between; or a rule. */
type Row = readonly [label: string, ...cells: string[]] | '-';

/** Cents as people read them: `1234567` is `12,345.67`. */
export function dollars(cents: number): string {
  const digits = String(Math.abs(cents)).padStart(3, '0');
  return `${cents < 0 ? '−' : ''}${digits.slice(0, -2).replaceAll(/\B(?=(\d{3})+$)/g, ',')}.${digits.slice(-2)}`;
}

const difference = (cents: number): string => (cents > 0 ? `+${dollars(cents)}` : dollars(cents));
const count = (n: number, what: string): string => `${n.toLocaleString('en')} ${what}`;

/** The whole result as text. */
export function showWhatIf(result: WhatIfResult): string {
  const months = 'periods' in result ? result.periods : [result];
  const currency = result.margin?.currency;
  return [
    ...months.flatMap((month) => [...showMonth(month), '']),
    ...('periods' in result ? [...showSums(result), ''] : []),
    `Amounts${currency === undefined ? '' : ` in ${currency}`}; nothing was changed. Kept as what-if ${result.id}.`,
    '',
  ]
    .map(visibleLine)
    .join('\n');
}

function showMonth(month: WhatIfMonth): string[] {
  const { subscriptions, not_billable } = month;
  return [
    ...table(`${month.period.slice(0, 7)}${month.ended ? '' : ', so far'}`, [
      ...month.tenants.flatMap(tenantRows),
      '-',
      ...totalRows(month, month.margin),
    ]),
    ...(month.margin?.fx.source === 'default' && month.margin.currency !== month.margin.fx.from
      ? [`  costs at 1 ${month.margin.fx.from} = 1 ${month.margin.fx.to}: no rate is set`]
      : []),
    ...(month.margin_unavailable === null ? [] : [`  no margin: ${month.margin_unavailable}`]),
    `  subscriptions: ${[count(subscriptions.affected, 'affected'), count(subscriptions.grandfathered, 'grandfathered'), count(subscriptions.untouched, 'untouched')].join(', ')}`,
    ...not_billable.map(({ tenant_id, reason }) => `  left out: ${tenant_id} (${reason})`),
  ];
}

function showSums(sums: WhatIfSums): string[] {
  return table('all months', [
    ...sums.tenants.map((tenant): Row => sidesRow(tenant.tenant_id, tenant)),
    '-',
    ...totalRows(sums, sums.margin),
  ]);
}

/** A tenant for whom nothing changes is one row. */
function tenantRows(tenant: WhatIfTenant): Row[] {
  const head = sidesRow(tenant.tenant_id, tenant);
  if (tenant.lines.every(({ delta_cents }) => delta_cents === 0)) return [head];
  const standing = new Map([
    ...tenant.affected.map((id) => [id, ' (affected)'] as const),
    ...tenant.grandfathered.map((id) => [id, ' (grandfathered)'] as const),
  ]);
  return [
    head,
    ...tenant.lines.flatMap((line, index): Row[] => {
      const { deployment_id } = line;
      const row = lineRow(line);
      const isFirst = deployment_id !== null && tenant.lines[index - 1]?.deployment_id !== deployment_id;
      return isFirst ? [[`  ${deployment_id}${standing.get(deployment_id) ?? ''}`], row] : [row];
    }),
  ];
}

function lineRow(line: WhatIfLine): Row {
  const label = line.resource_kind === null ? line.kind : `${line.kind} ${line.resource_kind}`;
  return sidesRow(`${line.deployment_id === null ? '  ' : '    '}${label}`, line);
}

function sidesRow(
  label: string,
  {
    before_cents,
    after_cents,
    delta_cents,
  }: Pick<WhatIfLine, 'before_cents' | 'after_cents' | 'delta_cents'>,
): Row {
  return [label, dollars(before_cents), dollars(after_cents), difference(delta_cents)];
}

function totalRows(
  { before, after, issued, delta_cents }: WhatIfSums | WhatIfMonth,
  margin: { issued: MarginFigures; before: MarginFigures; after: MarginFigures } | null,
): Row[] {
  const rows: Row[] = [
    ['total with tax', dollars(before.total_cents), dollars(after.total_cents), difference(delta_cents)],
    ['issued', dollars(issued.total_cents), '', ''],
  ];
  if (margin === null) return rows;
  const sides = [margin.before, margin.after] as const;
  const change = margin.after.revenue_cents - margin.before.revenue_cents;
  const percent = ({ margin_pct }: MarginFigures): string =>
    margin_pct === null ? '–' : `${margin_pct < 0 ? '−' : ''}${Math.abs(margin_pct).toFixed(1)} %`;
  return [
    ...rows,
    '-',
    ['revenue before tax', ...sides.map(({ revenue_cents }) => dollars(revenue_cents)), difference(change)],
    ['cost', ...sides.map(({ cogs_cents }) => dollars(cogs_cents)), dollars(0)],
    // Costs are the same on both sides.
    ['margin', ...sides.map(({ margin_cents }) => dollars(margin_cents)), difference(change)],
    ['', ...sides.map(percent), ''],
  ];
}

function table(title: string, rows: readonly Row[]): string[] {
  // Escaped before the widths are taken.
  const all: Row[] = [[title, 'before', 'after', 'delta'] as const, '-' as const, ...rows].map((row): Row =>
    row === '-' ? row : [visibleLine(row[0]), ...row.slice(1)],
  );
  const cells = all.filter((row) => row !== '-');
  const widths = [0, 1, 2, 3].map((column) => Math.max(...cells.map((row) => (row[column] ?? '').length)));
  const rule = `  ${widths.map((width) => '─'.repeat(width)).join('───')}`;
  return all.map((row) =>
    row === '-'
      ? rule
      : `  ${widths.map((width, column) => (column === 0 ? (row[column] ?? '').padEnd(width) : (row[column] ?? '').padStart(width))).join('   ')}`.trimEnd(),
  );
}

import type { WhatIfResult } from '../invoicing/what-if-result.ts';
import type { WhatIfMonth, WhatIfTenant } from '../invoicing/what-if-month.ts';
import type { WhatIfSums } from '../invoicing/what-if-sums.ts';
import type { MarginFigures } from '../pricing/margin.ts';
import type { WhatIfLine } from '../pricing/compare-tenant.ts';
import { money } from '../pricing/amount-text.ts';
import { textTable, type TableRow } from './text-table.ts';
import { visibleLine } from './visible.ts';

const difference = (cents: number): string => (cents > 0 ? `+${money(cents)}` : money(cents));
const count = (n: number, what: string): string => `${n.toLocaleString('en')} ${what}`;

/** A what-if for people. */
export function showWhatIf(result: WhatIfResult): string {
  const months = 'periods' in result ? result.periods : [result];
  const currency = result.margin?.currency;
  return [
    ...months.flatMap((month) => [...showMonth(month), '']),
    ...('periods' in result ? [...showSums(result), ''] : []),
    `Amounts${currency === undefined ? '' : ` in ${currency}`}; nothing was changed. ` +
      `Kept as what-if ${result.id}.`,
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
    `  subscriptions: ${(['affected', 'grandfathered', 'untouched'] as const)
      .map((what) => count(subscriptions[what], what))
      .join(', ')}`,
    ...not_billable.map(({ tenant_id, reason }) => `  left out: ${tenant_id} (${reason})`),
  ];
}

function showSums(sums: WhatIfSums): string[] {
  return table('all months', [
    ...sums.tenants.map((tenant): TableRow => sidesRow(tenant.tenant_id, tenant)),
    '-',
    ...totalRows(sums, sums.margin),
  ]);
}

/** A tenant for whom nothing changes is one row. */
function tenantRows(tenant: WhatIfTenant): TableRow[] {
  const head = sidesRow(tenant.tenant_id, tenant);
  if (tenant.lines.every(({ delta_cents }) => delta_cents === 0)) return [head];
  const standing = new Map([
    ...tenant.affected.map((id) => [id, ' (affected)'] as const),
    ...tenant.grandfathered.map((id) => [id, ' (grandfathered)'] as const),
  ]);
  return [
    head,
    ...tenant.lines.flatMap((line, index): TableRow[] => {
      const { deployment_id } = line;
      const row = lineRow(line);
      const isFirst = deployment_id !== null && tenant.lines[index - 1]?.deployment_id !== deployment_id;
      return isFirst ? [[`  ${deployment_id}${standing.get(deployment_id) ?? ''}`], row] : [row];
    }),
  ];
}

function lineRow(line: WhatIfLine): TableRow {
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
): TableRow {
  return [label, money(before_cents), money(after_cents), difference(delta_cents)];
}

function totalRows(
  { before, after, issued, delta_cents }: WhatIfSums | WhatIfMonth,
  margin: { issued: MarginFigures; before: MarginFigures; after: MarginFigures } | null,
): TableRow[] {
  const rows: TableRow[] = [
    ['total with tax', money(before.total_cents), money(after.total_cents), difference(delta_cents)],
    ['issued', money(issued.total_cents), '', ''],
  ];
  if (margin === null) return rows;
  const sides = [margin.before, margin.after] as const;
  const change = margin.after.revenue_cents - margin.before.revenue_cents;
  const percent = ({ margin_pct }: MarginFigures): string =>
    margin_pct === null ? '–' : `${margin_pct < 0 ? '−' : ''}${Math.abs(margin_pct).toFixed(1)} %`;
  return [
    ...rows,
    '-',
    ['revenue before tax', ...sides.map(({ revenue_cents }) => money(revenue_cents)), difference(change)],
    ['cost', ...sides.map(({ cogs_cents }) => money(cogs_cents)), money(0)],
    // Costs are the same on both sides.
    ['margin', ...sides.map(({ margin_cents }) => money(margin_cents)), difference(change)],
    ['', ...sides.map(percent), ''],
  ];
}

function table(title: string, rows: readonly TableRow[]): string[] {
  const amounts = ['before', 'after', 'delta'].map((heading) => ({ heading, align: 'right' as const }));
  return textTable([{ heading: title }, ...amounts], rows);
}

import type { MonthMargin } from '../../invoicing/margin.ts';
import type { MarginLines } from '../../invoicing/margin-lines.ts';
import type { CostSplit, MarginFigures } from '../../pricing/margin.ts';
import { centsCell, csvTable } from '../csv.ts';

type Figures = Pick<MarginFigures, 'revenue_cents' | 'cogs_cents' | 'margin_cents'> & CostSplit;

/** A part of a month's margin; null: unattributed, or what a tenant has beside its deployments. */
type Part = Figures & { tenant_id: string | null; deployment_id: string | null };

const members = ['revenue_cents', 'direct_cents', 'shared_cents', 'cogs_cents', 'margin_cents'] as const;

/** The parts of a margin, which add up to the whole. */
function partsOf({ overall, tenants, deployments }: MonthMargin): Part[] {
  const parts = tenants.flatMap((tenant) => {
    const own = deployments.filter(({ tenant_id }) => tenant_id === tenant.tenant_id);
    const rest: Part = { ...tenant, deployment_id: null };
    for (const one of own) for (const member of members) rest[member] -= one[member];
    return members.some((member) => rest[member] !== 0) || own.length === 0 ? [...own, rest] : own;
  });
  const { unattributed_cents: cents } = overall;
  if (cents === 0) return parts;
  const costs = { direct_cents: cents, shared_cents: 0, cogs_cents: cents, margin_cents: -cents };
  return [...parts, { tenant_id: null, deployment_id: null, revenue_cents: 0, ...costs }];
}

/** A month's margin as a table for spreadsheets. */
export async function* marginCsv(margin: MonthMargin): AsyncGenerator<string> {
  const table = csvTable<Part>([
    ['period', () => margin.period.slice(0, 7)],
    ['tenant_id', ({ tenant_id }) => tenant_id ?? 'unattributed'],
    ['deployment_id', ({ deployment_id }) => deployment_id],
    ['currency', () => margin.currency],
    ['revenue', ({ revenue_cents }) => centsCell(revenue_cents)],
    ['direct_costs', ({ direct_cents }) => centsCell(direct_cents)],
    ['shared_costs', ({ shared_cents }) => centsCell(shared_cents)],
    ['costs', ({ cogs_cents }) => centsCell(cogs_cents)],
    ['margin', ({ margin_cents }) => centsCell(margin_cents)],
  ]);
  yield table.head;
  yield partsOf(margin).map(table.line).join('');
}

interface Line {
  of: 'revenue' | 'cost';
  tenant_id: string | null;
  deployment_id: string | null;
  /** The invoice or note of the tenant, or the provider's invoice. */
  document_id: string;
  line_no: number;
  kind: string | null;
  description: string;
  borne_by: string | null;
  resource_id: string | null;
  resource: string | null;
  unmatched_reason: string | null;
  billed_currency: string;
  billed_cents: number;
  /** What it adds to the margin: costs are below zero. */
  margin_cents: number;
}

const linesOf = ({ revenue, costs, currency }: MarginLines): Line[] => [
  ...revenue.map(({ invoice_id, correction_id, resource_kind, ...line }): Line => ({
    ...{ of: 'revenue', borne_by: null, resource_id: null, resource: null, unmatched_reason: null },
    ...{ tenant_id: line.tenant_id, deployment_id: line.deployment_id, line_no: line.line_no },
    ...{ description: line.description, kind: resource_kind ?? line.kind },
    document_id: correction_id ?? invoice_id,
    ...{ billed_currency: currency, billed_cents: line.amount_cents, margin_cents: line.amount_cents },
  })),
  ...costs.map((line): Line => ({
    ...{ of: 'cost', tenant_id: line.tenant_id, deployment_id: line.deployment_id },
    ...{ document_id: line.invoice_uuid, line_no: line.line_no, description: line.description },
    ...{ kind: line.kind, borne_by: line.borne_by, resource_id: line.resource_id },
    ...{ resource: line.resource?.name ?? null, unmatched_reason: line.unmatched_reason },
    ...{ billed_currency: line.currency, billed_cents: line.amount_cents },
    margin_cents: -line.converted_cents,
  })),
];

/** The lines of a margin as a table for spreadsheets: revenue first, then costs, which are below zero. */
export async function* marginLinesCsv(lines: MarginLines): AsyncGenerator<string> {
  const table = csvTable<Line>([
    ['period', () => lines.period.slice(0, 7)],
    ['of', (line) => line.of],
    ['tenant_id', ({ tenant_id }) => tenant_id],
    ['deployment_id', ({ deployment_id }) => deployment_id],
    ['document_id', ({ document_id }) => document_id],
    ['line_no', ({ line_no }) => line_no],
    ['kind', ({ kind }) => kind],
    ['description', ({ description }) => description],
    ['borne_by', ({ borne_by }) => borne_by],
    ['resource_id', ({ resource_id }) => resource_id],
    ['resource', ({ resource }) => resource],
    ['unmatched_reason', ({ unmatched_reason }) => unmatched_reason],
    ['billed_currency', ({ billed_currency }) => billed_currency],
    ['billed', ({ billed_cents }) => centsCell(billed_cents)],
    ['currency', () => lines.currency],
    ['margin', ({ margin_cents }) => centsCell(margin_cents)],
  ]);
  yield table.head;
  yield linesOf(lines).map(table.line).join('');
}

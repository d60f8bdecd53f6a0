import type { z } from 'zod';
import { marginMonthsRoute } from '../../../http/routes/margin-months.ts';
import type { Ask } from '../../page.ts';
import { Series } from '../../parts/charts.tsx';
import { Empty } from '../../parts/notice.tsx';
import { Section } from '../../parts/page-head.tsx';
import { DataTable, type Column } from '../../parts/table.tsx';
import { Money, monthName, Percent } from '../../parts/values.tsx';

type Margin = z.output<typeof marginMonthsRoute.response>['data'];
type Month = Margin['months'][number];

/** What a customer earned and cost in each of the last twelve months. */
export const loadMargin = async (ask: Ask, tenant_id: string): Promise<Margin> =>
  (await ask(marginMonthsRoute, { query: { tenant_id } })).data;

const columns: readonly Column<Month>[] = [
  { key: 'month', label: 'Month', cell: ({ period }) => monthName(period) },
  { key: 'revenue', label: 'Revenue', align: 'end', cell: (one) => <Money cents={one.revenue_cents} /> },
  { key: 'direct', label: 'Matched costs', align: 'end', cell: (one) => <Money cents={one.direct_cents} /> },
  { key: 'shared', label: 'Shared costs', align: 'end', cell: (one) => <Money cents={one.shared_cents} /> },
  { key: 'margin', label: 'Margin', align: 'end', cell: (one) => <Money cents={one.margin_cents} /> },
  { key: 'pct', label: 'Of revenue', align: 'end', cell: (one) => <Percent value={one.margin_pct} /> },
];

/** The margin of a customer by month. */
export function MarginByMonth({ tenantId, margin }: { tenantId: string; margin: Margin }) {
  const months = margin.months;
  return (
    <Section
      title="Margin by month"
      note="Revenue of issued and paid invoices before tax, and the provider's costs that are the customer's."
    >
      <Series
        title={`Margin by month, ${margin.currency}`}
        labels={months.map(({ period }) => period.slice(0, 7))}
        lines={[
          { label: 'Revenue', values: months.map(({ revenue_cents }) => revenue_cents) },
          { label: 'Costs', values: months.map(({ cogs_cents }) => cogs_cents) },
          { label: 'Margin', values: months.map(({ margin_cents }) => margin_cents) },
        ]}
      />
      <DataTable
        caption={`Margin by month, ${margin.currency}`}
        columns={columns}
        rows={[...months].reverse()}
        rowKey={({ period }) => period}
        href={({ period }) =>
          `/console/margin?period=${period.slice(0, 7)}&tenant_id=${encodeURIComponent(tenantId)}`
        }
        empty={<Empty title="No month has ended yet." />}
      />
    </Section>
  );
}

import type { z } from 'zod';
import type { costLinesRoute } from '../../http/routes/costs.ts';
import { Bearer, howMatched, type CostLineShown } from '../parts/cost-line-detail.tsx';
import { Empty } from '../parts/notice.tsx';
import { Section } from '../parts/page-head.tsx';
import { descriptionColumn } from '../parts/line-columns.tsx';
import { DataTable, type Column } from '../parts/table.tsx';
import { pathTo, withQuery } from '../parts/url.ts';
import { Day, Money } from '../parts/values.tsx';
import { counted } from '../../runtime/counted.ts';

type Lines = z.output<typeof costLinesRoute.response>;

const columns: readonly Column<CostLineShown>[] = [
  {
    key: 'line',
    label: 'Until',
    sort: ({ ended_at }) => ended_at,
    cell: ({ ended_at, line_no }) => (ended_at === null ? `Line ${line_no}` : <Day day={ended_at} />),
  },
  descriptionColumn((line) => <Bearer line={line} />),
  { key: 'matched', minor: 'tablet', label: 'Matched', wraps: true, cell: howMatched },
  { key: 'bearer', minor: true, label: 'Borne by', wraps: true, cell: (line) => <Bearer line={line} /> },
  {
    key: 'amount',
    label: 'Billed',
    align: 'end',
    sort: ({ amount_cents }) => amount_cents,
    cell: ({ amount_cents }) => <Money cents={amount_cents} />,
  },
];

/** What the provider billed for a resource, line by line, and who bore it. */
export function CostLinesOf({ id, name, lines }: { id: string; name: string; lines: Lines }) {
  const { data, summary, next_cursor } = lines;
  return (
    <Section
      title="What it cost"
      note="The lines of the provider's invoices that are for it, the newest month first."
      tools={
        data.length === 0 ? undefined : (
          <a class="button" href={withQuery('/console/files/cost-lines.csv', { resource_id: id })}>
            Download CSV
          </a>
        )
      }
    >
      <DataTable
        caption={`Cost lines of ${name}, ${data[0]?.currency ?? 'by month'}`}
        name="lines"
        columns={columns}
        rows={data}
        rowKey={({ id: line }) => line.replace(':', '-')}
        href={({ invoice_uuid, line_no }) =>
          `${pathTo('/console/costs/:uuid', { uuid: invoice_uuid })}?line=${line_no}#line-${line_no}`
        }
        totals={{
          line: 'All',
          description: counted(summary.lines, 'line'),
          amount: <Money cents={summary.total_cents} />,
        }}
        nextCursor={next_cursor}
        empty={
          <Empty title="No ingested invoice has a line for it.">
            <p>
              A line whose resource was not found is linked by hand on the page of its invoice, under{' '}
              <a href="/console/costs">Costs</a>.
            </p>
          </Empty>
        }
      />
    </Section>
  );
}

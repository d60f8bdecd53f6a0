import type { z } from 'zod';
import type { marginLinesRoute } from '../../http/routes/margin-lines.ts';
import type { MarginAsked } from './margin-rows.tsx';
import { inventoryWords } from '../inventory-words.ts';
import { unmatchedWords } from './cost-line-detail.tsx';
import { Empty } from './notice.tsx';
import { Section } from './page-head.tsx';
import { descriptionColumn } from './line-columns.tsx';
import { DataTable, type Column } from './table.tsx';
import { pathTo } from './url.ts';
import { Absent, Day, Money } from './values.tsx';
import { kindHeading } from './words.ts';

type Lines = z.output<typeof marginLinesRoute.response>;
type Cost = Lines['data'][number];
type Revenue = Lines['revenue'][number];

/** The lines that a part of a margin is made of: revenue beside costs. */
export function MarginLines({ lines, query }: { lines: Lines; query: MarginAsked }) {
  const { currency, revenue, summary, figures } = lines;
  const isOwned = query.borne_by === undefined;
  return (
    <>
      {isOwned && (
        <Section title="Revenue">
          <DataTable
            caption={`Lines of invoices and notes, before tax, ${currency}`}
            name="revenue"
            columns={revenueColumns}
            rows={revenue}
            rowKey={(line) => `${line.correction_id ?? line.invoice_id}-${line.line_no}`}
            href={(line) => pathTo('/console/invoices/:id', { id: line.invoice_id })}
            totals={{ amount: <Money cents={revenue.reduce((sum, line) => sum + line.amount_cents, 0)} /> }}
            empty={<Empty title="Nothing of the month is invoiced here." />}
          />
        </Section>
      )}
      <Section title="Costs">
        <DataTable
          caption={`Lines of the provider's invoices, ${currency}`}
          columns={costColumns}
          rows={lines.data}
          rowKey={({ id }) => id.replace(':', '-')}
          href={({ invoice_uuid, line_no }) =>
            `${pathTo('/console/costs/:uuid', { uuid: invoice_uuid })}?line=${line_no}#line-${line_no}`
          }
          totals={{
            description: `${summary.lines} lines in all`,
            cost: <Money cents={summary.cost_cents} />,
          }}
          nextCursor={lines.next_cursor}
          empty={<Empty title="No line of the provider falls here in this month." />}
        />
        {figures !== null && figures.shared_cents !== 0 && (
          <p>
            Besides, <Money cents={figures.shared_cents} currency={currency} /> are its share of{' '}
            <a href={`/console/margin?period=${lines.period.slice(0, 7)}&borne_by=shared`}>
              costs that are shared
            </a>
            .
          </p>
        )}
      </Section>
    </>
  );
}

const revenueColumns: readonly Column<Revenue>[] = [
  {
    key: 'document',
    label: 'Of',
    cell: ({ correction_id, line_no }) => `${correction_id === null ? 'Invoice' : 'Note'}, line ${line_no}`,
  },
  { key: 'description', label: 'Description', wraps: true, cell: ({ description }) => description },
  {
    key: 'kind',
    minor: true,
    label: 'Kind',
    sort: ({ kind }) => kind,
    cell: (line) => kindHeading(line.resource_kind ?? line.kind),
  },
  {
    key: 'amount',
    label: 'Amount',
    align: 'end',
    sort: (line) => line.amount_cents,
    cell: (line) => <Money cents={line.amount_cents} />,
  },
];

/** The resource of a line, or why it has none. */
function OfResource({ line: { resource, resource_id, unmatched_reason: reason } }: { line: Cost }) {
  if (resource === null || resource_id === null)
    return <span class="muted">{reason === null ? <Absent /> : unmatchedWords[reason]}</span>;
  return <a href={pathTo('/console/inventory/:id', { id: resource_id })}>{resource.name}</a>;
}

const costColumns: readonly Column<Cost>[] = [
  { key: 'line', label: 'Line', sort: ({ line_no }) => line_no, cell: ({ line_no }) => line_no },
  descriptionColumn((line) => <OfResource line={line} />),
  {
    key: 'kind',
    minor: true,
    label: 'Kind',
    sort: ({ kind }) => kind,
    cell: ({ kind, is_tax }) => (is_tax ? 'tax' : inventoryWords(kind ?? 'none')),
  },
  {
    key: 'resource',
    label: 'Resource',
    minor: true,
    wraps: true,
    cell: (line) => <OfResource line={line} />,
  },
  { key: 'to', minor: 'tablet', label: 'Until', cell: ({ last_day }) => <Day day={last_day} /> },
  {
    key: 'billed',
    minor: true,
    label: 'Billed',
    align: 'end',
    cell: (line) => <Money cents={line.amount_cents} currency={line.amount_currency} />,
  },
  {
    key: 'cost',
    label: 'Cost',
    align: 'end',
    sort: (line) => line.cost_cents,
    cell: (line) => <Money cents={line.cost_cents} />,
  },
];

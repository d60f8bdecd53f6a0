import { z } from 'zod';
import { previewMonthRoute } from '../../http/routes/invoice-close.ts';
import { definePage } from '../page.ts';
import { PeriodNav } from '../parts/filters.tsx';
import { lineColumns } from '../parts/line-columns.tsx';
import { Empty, Notice } from '../parts/notice.tsx';
import { PageHead, Section } from '../parts/page-head.tsx';
import { DataTable, type Column } from '../parts/table.tsx';
import { withQuery } from '../parts/url.ts';
import { Chip, Figure, Figures, Money, monthName, Quantity } from '../parts/values.tsx';
import { useView } from '../view-context.ts';

type Preview = z.output<typeof previewMonthRoute.response>;
type Previewed = Preview['data'][number];

/** What closing a month would issue, line for line. */
export const previewPage = definePage({
  path: '/console/preview',
  access: 'admin',
  within: '/console/close',
  query: z.strictObject({
    period: z.string().optional(),
    tenant_id: z.string().optional(),
    open: z.string().optional(),
    sort: z.string().optional(),
    cursor: z.string().optional(),
  }),
  async load({ ask, query: { period, tenant_id, cursor } }) {
    return { preview: await ask(previewMonthRoute, { query: { period, tenant_id, cursor } }) };
  },
  title: ({ preview }) => `Preview of ${monthName(preview.summary.period)}`,
  view({ preview: { data, summary, next_cursor } }, { query }) {
    const month = summary.period.slice(0, 7);
    return (
      <>
        <PageHead
          title={`Preview of ${monthName(summary.period)}`}
          crumbs={[{ label: 'Close', href: `/console/close?period=${month}` }]}
          lead={
            summary.is_final
              ? 'What closing this month would issue, line for line. Nothing is issued by looking.'
              : 'The month has not ended: this is what it comes to so far, as if it ended now.'
          }
          chips={summary.is_final ? undefined : <Chip tone="info">running</Chip>}
        >
          <PeriodNav period={summary.period} />
        </PageHead>
        <Figures>
          <Figure name="Invoices" note={standingText(summary.standing)}>
            <Quantity value={summary.invoices} />
          </Figure>
          <Figure name="Before tax">
            <Money cents={summary.subtotal_cents} />
          </Figure>
          <Figure name="Tax">
            <Money cents={summary.tax_cents} />
          </Figure>
          <Figure name="Total" note={`as of position ${summary.position.toLocaleString('en')}`}>
            <Money cents={summary.total_cents} currency={summary.currency} />
          </Figure>
        </Figures>
        <NotBillable preview={{ data, summary, next_cursor }} />
        <Section title="By tenant" note="A tenant opens to its lines.">
          <TenantTable data={data} summary={summary} next_cursor={next_cursor} open={query.open} />
        </Section>
      </>
    );
  },
});

const standingText = (standing: number): string =>
  standing === 0 ? 'none is issued yet' : `${standing} already issued, left as they are`;

function NotBillable({ preview: { summary } }: { preview: Preview }) {
  if (summary.not_billable.length === 0) return null;
  return (
    <Section title="Not billable">
      <Notice tone="bad" title={`${summary.not_billable.length} of the month can not be billed`}>
        <ul>
          {summary.not_billable.map(({ tenant_id, reason }) => (
            <li>
              <a href={`/console/customers/${encodeURIComponent(tenant_id)}`}>{tenant_id}</a>: {reason}
            </li>
          ))}
        </ul>
      </Notice>
    </Section>
  );
}

const columns: readonly Column<Previewed>[] = [
  {
    key: 'tenant',
    label: 'Tenant',
    sort: ({ tenant_id }) => tenant_id,
    cell: ({ tenant_id }) => tenant_id,
  },
  { key: 'notes', label: 'To look at', cell: (row) => <Notes row={row} /> },
  {
    key: 'lines',
    label: 'Lines',
    align: 'end',
    sort: ({ lines }) => lines.length,
    cell: ({ lines }) => <Quantity value={lines.length} />,
  },
  {
    key: 'subtotal',
    label: 'Before tax',
    align: 'end',
    sort: ({ subtotal_cents }) => subtotal_cents,
    cell: ({ subtotal_cents }) => <Money cents={subtotal_cents} />,
  },
  {
    key: 'tax',
    label: 'Tax',
    align: 'end',
    sort: ({ tax_cents }) => tax_cents,
    cell: ({ tax_cents }) => <Money cents={tax_cents} />,
  },
  {
    key: 'total',
    label: 'Total',
    align: 'end',
    sort: ({ total_cents }) => total_cents,
    cell: ({ total_cents }) => <Money cents={total_cents} />,
  },
];

/** What of a tenant's month is used and not billed. */
function Notes({ row: { unpriced, unbilled, unmetered } }: { row: Previewed }) {
  const notes = [
    [unpriced.length, 'without a price'],
    [unbilled.length, 'not billed'],
    [unmetered.length, 'not metered'],
  ] as const;
  const shown = notes.filter(([count]) => count > 0);
  if (shown.length === 0) return <span class="muted">nothing</span>;
  return (
    <>
      {shown.map(([count, what]) => (
        <>
          <Chip tone="warn">{`${count} ${what}`}</Chip>{' '}
        </>
      ))}
    </>
  );
}

function TenantTable({
  data,
  summary,
  next_cursor,
  open,
}: Preview & {
  open: string | undefined;
}) {
  const { url } = useView();
  return (
    <DataTable
      caption={`What would be issued for ${monthName(summary.period)}, ${summary.currency}`}
      columns={columns}
      rows={data}
      rowKey={({ tenant_id }) => tenant_id}
      href={({ tenant_id }) =>
        `${withQuery(url, { open: open === tenant_id ? undefined : tenant_id })}#row-${encodeURIComponent(tenant_id)}`
      }
      below={(row) => (row.tenant_id === open ? <TenantLines row={row} currency={summary.currency} /> : null)}
      nextCursor={next_cursor}
      totals={{
        tenant: `All ${summary.invoices}`,
        subtotal: <Money cents={summary.subtotal_cents} />,
        tax: <Money cents={summary.tax_cents} />,
        total: <Money cents={summary.total_cents} />,
      }}
      empty={
        <Empty title={`Nothing is left to be issued for ${monthName(summary.period)}.`}>
          <p>{summary.standing === 0 ? 'No tenant had anything to bill.' : standingText(summary.standing)}</p>
        </Empty>
      }
    />
  );
}

const ofLines = lineColumns(<span class="muted">all</span>);

/** The lines of one tenant, and what is left out of them. */
function TenantLines({ row, currency }: { row: Previewed; currency: string }) {
  return (
    <>
      <p class="button-row">
        <a href={`/console/customers/${encodeURIComponent(row.tenant_id)}`}>Customer {row.tenant_id}</a>
      </p>
      <DataTable
        caption={`Lines of ${row.tenant_id}, ${currency}`}
        columns={ofLines}
        rows={row.lines}
        rowKey={({ line_no }) => `${row.tenant_id}-${line_no}`}
        name="lines"
        totals={{ description: 'Total', amount: <Money cents={row.total_cents} /> }}
        empty="No lines."
      />
      <LeftOut row={row} />
    </>
  );
}

function LeftOut({ row: { unpriced, unbilled, unmetered } }: { row: Previewed }) {
  const items = [
    ...unpriced.map(({ resource_kind, qty }) => `${qty} of ${resource_kind}: no price covers it`),
    ...unbilled.map(({ resource_kind, qty, reason }) => `${qty} of ${resource_kind} not billed: ${reason}`),
    ...unmetered.map(
      ({ resource_kind, resource_id, days, reason }) =>
        `${resource_kind} ${resource_id} not metered on ${days} days: ${reason}`,
    ),
  ];
  if (items.length === 0) return null;
  return (
    <Notice tone="warn" title="Used and not on the invoice">
      <ul>
        {items.map((item) => (
          <li>{item}</li>
        ))}
      </ul>
    </Notice>
  );
}

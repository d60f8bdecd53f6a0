import { z } from 'zod';
import { listInvoicesRoute } from '../../../http/routes/invoice-list.ts';
import { definePage } from '../../page.ts';
import { Filters, Tabs } from '../../parts/filters.tsx';
import { InvoiceStatus, statusLabel } from '../../parts/invoice-states.tsx';
import { Empty } from '../../parts/notice.tsx';
import { PageHead } from '../../parts/page-head.tsx';
import { DataTable, type Column } from '../../parts/table.tsx';
import { withQuery } from '../../parts/url.ts';
import { Day, Money, monthName } from '../../parts/values.tsx';
import { capitalised } from '../../parts/words.ts';

type Answer = z.output<typeof listInvoicesRoute.response>;
type Invoice = Answer['data'][number];

/** @param currency of the first invoice: a tenant has one */
const columnsIn = (currency: string): readonly Column<Invoice>[] => [
  { key: 'number', label: 'Number', cell: ({ number }) => number ?? 'number follows' },
  { key: 'period', label: 'Month', cell: ({ period_start }) => monthName(period_start) },
  { key: 'issued', label: 'Issued', minor: true, cell: ({ issued_at }) => <Day day={issued_at} /> },
  { key: 'due', label: 'Due', minor: true, cell: ({ due_on }) => <Day day={due_on} /> },
  { key: 'state', label: 'State', cell: (invoice) => <InvoiceStatus {...invoice} /> },
  {
    key: 'total',
    label: currency === '' ? 'Total' : `Total, ${currency}`,
    align: 'end',
    sort: ({ total_cents }) => total_cents,
    cell: ({ total_cents }) => <Money cents={total_cents} />,
  },
  {
    key: 'paid',
    label: 'Paid',
    align: 'end',
    minor: true,
    sort: ({ paid_cents }) => paid_cents,
    cell: ({ paid_cents }) => <Money cents={paid_cents} />,
  },
  {
    key: 'open',
    label: 'Open',
    align: 'end',
    minor: true,
    sort: ({ open_cents }) => open_cents,
    cell: ({ open_cents }) => <Money cents={open_cents} />,
  },
];

const path = '/console/account/invoices';

/** A tenant's invoices. */
export const accountInvoicesPage = definePage({
  path,
  access: 'account',
  nav: { group: 'Account', label: 'Invoices' },
  query: z.strictObject({
    status: z.string().optional(),
    overdue: z.string().optional(),
    period: z.string().optional(),
    cursor: z.string().optional(),
    sort: z.string().optional(),
  }),
  load({ ask, query: { status, overdue, period, cursor } }) {
    return ask(listInvoicesRoute, { query: { status, overdue, period, cursor, summary: 'true' } });
  },
  title: () => 'Invoices',
  view: ({ data, next_cursor, summary }, { query }) => {
    const filter = { status: query.status, overdue: query.overdue, period: query.period };
    const filtered = Object.values(filter).some((value) => value !== undefined);
    return (
      <>
        <PageHead title="Invoices" lead="Each month that has ended, with what is paid and what is open.">
          <a class="button" href={withQuery(`${path}.csv`, filter)}>
            Download as CSV
          </a>
        </PageHead>
        <StatusTabs summary={summary} />
        <Filters
          keep={['status', 'overdue']}
          filters={[{ name: 'period', label: 'Month', kind: 'period' }]}
        />
        <DataTable
          caption={`Invoices${data[0] === undefined ? '' : `, ${data[0].currency}`}`}
          columns={columnsIn(data[0]?.currency ?? '')}
          rows={data}
          rowKey={({ id }) => id}
          href={({ id }) => `${path}/${id}`}
          nextCursor={next_cursor}
          empty={
            filtered ? (
              <Empty title="No invoice is as the filter says.">
                <p>
                  <a href={path}>Show all invoices</a>
                </p>
              </Empty>
            ) : (
              <Empty title="There is no invoice yet.">
                <p>The first follows once a month with a subscription has ended.</p>
              </Empty>
            )
          }
        />
      </>
    );
  },
});

/** What invoices come to, by state; overdue ones are a parameter of their own. */
function StatusTabs({ summary }: { summary: Answer['summary'] }) {
  if (summary === undefined) return null;
  return (
    <Tabs
      label="Invoices by state"
      name="status"
      tabs={[
        { value: '', label: 'All', note: <Money cents={summary.all.total_cents} /> },
        ...summary.statuses
          .filter(({ invoices }) => invoices > 0)
          .map(({ status, invoices, total_cents }) => ({
            value: status,
            label: `${capitalised(statusLabel(status))} ${invoices}`,
            note: <Money cents={total_cents} />,
          })),
      ]}
    />
  );
}

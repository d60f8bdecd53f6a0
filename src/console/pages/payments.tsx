import { z } from 'zod';
import { listPaymentsRoute } from '../../http/routes/payments.ts';
import { definePage } from '../page.ts';
import { Filters, type Filter } from '../parts/filters.tsx';
import { Empty } from '../parts/notice.tsx';
import { PageHead } from '../parts/page-head.tsx';
import { PaymentState } from '../parts/payment-state.tsx';
import { DataTable, type Column } from '../parts/table.tsx';
import { withQuery } from '../parts/url.ts';
import { Day, Id, Money } from '../parts/values.tsx';
import { plainWords } from '../parts/words.ts';

type Payment = z.output<typeof listPaymentsRoute.response>['data'][number];

const query = z.strictObject({
  tenant_id: z.string().optional(),
  invoice_id: z.string().optional(),
  method: z.string().optional(),
  from: z.string().optional(),
  to: z.string().optional(),
  sort: z.string().optional(),
  cursor: z.string().optional(),
});

/** Payments, those that were recorded last first. */
export const paymentsPage = definePage({
  path: '/console/payments',
  access: 'admin',
  nav: { group: 'Month end', label: 'Payments' },
  query,
  load: async ({ ask, query: { sort: _sort, ...asked } }) => ask(listPaymentsRoute, { query: asked }),
  title: () => 'Payments',
  view: ({ data, next_cursor }, { query: asked }) => (
    <>
      <PageHead title="Payments" lead="Money that came in from tenants, the last recorded first.">
        <a class="button button-main" href="/console/payments/new">
          Record a payment
        </a>
        <a
          class="button"
          href={withQuery('/console/files/payments.csv', { ...asked, sort: undefined, cursor: undefined })}
        >
          Download CSV
        </a>
      </PageHead>
      <Filters filters={filters} keep={['sort']} />
      <DataTable
        caption={`Payments, ${data[0]?.currency ?? 'by day'}`}
        columns={columns}
        rows={data}
        rowKey={({ id }) => id}
        href={({ id }) => `/console/payments/${encodeURIComponent(id)}`}
        nextCursor={next_cursor}
        empty={<NoneFound asked={asked} />}
      />
    </>
  ),
});

const filters: readonly Filter[] = [
  { name: 'tenant_id', label: 'Tenant', kind: 'text' },
  { name: 'method', label: 'Method', kind: 'text' },
  { name: 'from', label: 'Received from', kind: 'day' },
  { name: 'to', label: 'Received until', kind: 'day' },
  { name: 'invoice_id', label: 'Invoice id', kind: 'text' },
];

const columns: readonly Column<Payment>[] = [
  {
    key: 'received',
    label: 'Received',
    sort: ({ received_on }) => received_on,
    cell: ({ received_on }) => <Day day={received_on} />,
  },
  {
    key: 'tenant',
    label: 'Tenant',
    sort: ({ tenant_id }) => tenant_id,
    cell: ({ tenant_id }) => <a href={`/console/customers/${encodeURIComponent(tenant_id)}`}>{tenant_id}</a>,
  },
  { key: 'method', label: 'Method', sort: ({ method }) => method, cell: ({ method }) => plainWords(method) },
  { key: 'reference', label: 'Reference', wraps: true, cell: ({ reference }) => reference },
  { key: 'state', label: 'State', cell: (payment) => <PaymentState payment={payment} /> },
  {
    key: 'invoice',
    label: 'For',
    minor: 'tablet',
    cell: ({ invoice_id }) =>
      invoice_id === null ? (
        <span class="muted">the oldest open</span>
      ) : (
        <Id id={invoice_id} href={`/console/invoices/${encodeURIComponent(invoice_id)}`} />
      ),
  },
  {
    key: 'amount',
    label: 'Amount',
    align: 'end',
    sort: ({ amount_cents }) => amount_cents,
    cell: ({ amount_cents }) => <Money cents={amount_cents} />,
  },
  {
    key: 'rest',
    label: 'In the balance',
    align: 'end',
    sort: ({ unallocated_cents }) => unallocated_cents,
    cell: ({ unallocated_cents }) => <Money cents={unallocated_cents} />,
  },
];

/** Names the filter that found nothing. */
function NoneFound({ asked }: { asked: z.output<typeof query> }) {
  const { tenant_id, invoice_id, method, from, to } = asked;
  const named = [
    tenant_id === undefined ? '' : `of ${tenant_id}`,
    method === undefined ? '' : `by ${method}`,
    from === undefined ? '' : `from ${from}`,
    to === undefined ? '' : `to ${to}`,
    invoice_id === undefined ? '' : `for invoice ${invoice_id}`,
  ].filter((text) => text !== '');
  return (
    <Empty
      title={named.length === 0 ? 'No payment is recorded yet.' : `No payment is found: ${named.join(', ')}.`}
    >
      <p>
        <a href="/console/payments/new">Record a payment</a>
      </p>
    </Empty>
  );
}

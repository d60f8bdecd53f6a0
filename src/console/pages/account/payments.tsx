import { z } from 'zod';
import { listPaymentsRoute } from '../../../http/routes/payments.ts';
import { Receipt } from '../../invoice/files.tsx';
import { definePage } from '../../page.ts';
import { Filters } from '../../parts/filters.tsx';
import { Empty } from '../../parts/notice.tsx';
import { PageHead } from '../../parts/page-head.tsx';
import { DataTable, type Column } from '../../parts/table.tsx';
import { Chip, Day, Money } from '../../parts/values.tsx';
import { plainWords } from '../../parts/words.ts';

type Payment = z.output<typeof listPaymentsRoute.response>['data'][number];

/** @param currency of the first payment: a tenant has one */
const columnsIn = (currency: string): readonly Column<Payment>[] => [
  {
    key: 'received',
    label: 'Received',
    sort: ({ received_on }) => received_on,
    cell: ({ received_on }) => <Day day={received_on} />,
  },
  {
    key: 'method',
    label: 'How',
    minor: true,
    sort: ({ method }) => method,
    cell: ({ method }) => plainWords(method),
  },
  { key: 'reference', label: 'Reference', wraps: true, cell: ({ reference }) => reference },
  {
    key: 'amount',
    label: currency === '' ? 'Amount' : `Amount, ${currency}`,
    align: 'end',
    sort: ({ amount_cents }) => amount_cents,
    cell: ({ amount_cents }) => <Money cents={amount_cents} />,
  },
  {
    key: 'receipt',
    label: 'Receipt',
    cell: ({ id, reference, reversed_on }) =>
      reversed_on === null ? (
        <Receipt id={id} name={reference} />
      ) : (
        <Chip tone="warn">taken back {reversed_on}</Chip>
      ),
  },
];

/** What a tenant has paid. */
export const accountPaymentsPage = definePage({
  path: '/console/account/payments',
  access: 'account',
  nav: { group: 'Account', label: 'Payments' },
  query: z.strictObject({
    from: z.string().optional(),
    to: z.string().optional(),
    cursor: z.string().optional(),
    sort: z.string().optional(),
  }),
  load: ({ ask, query: { from, to, cursor } }) => ask(listPaymentsRoute, { query: { from, to, cursor } }),
  title: () => 'Payments',
  view: ({ data, next_cursor }, { query }) => (
    <>
      <PageHead title="Payments" lead="What was received. The statement shows them beside the invoices.">
        <a class="button" href="/console/account/statement">
          Statement
        </a>
      </PageHead>
      <Filters
        filters={[
          { name: 'from', label: 'From', kind: 'day' },
          { name: 'to', label: 'To', kind: 'day' },
        ]}
      />
      <DataTable
        caption={`Payments${data[0] === undefined ? '' : `, ${data[0].currency}`}`}
        columns={columnsIn(data[0]?.currency ?? '')}
        rows={data}
        rowKey={({ id }) => id}
        nextCursor={next_cursor}
        empty={
          query.from === undefined && query.to === undefined ? (
            <Empty title="No payment has been received yet." />
          ) : (
            <Empty
              title={`No payment was received between ${query.from ?? 'the start'} and ${query.to ?? 'today'}.`}
            >
              <p>
                <a href="/console/account/payments">Show all payments</a>
              </p>
            </Empty>
          )
        }
      />
    </>
  ),
});

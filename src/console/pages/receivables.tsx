import { z } from 'zod';
import { receivablesRoute } from '../../http/routes/receivables.ts';
import { definePage } from '../page.ts';
import { Filters } from '../parts/filters.tsx';
import { Empty } from '../parts/notice.tsx';
import { PageHead } from '../parts/page-head.tsx';
import { Share } from '../parts/charts.tsx';
import { DataTable, type Column } from '../parts/table.tsx';
import { withQuery } from '../parts/url.ts';
import { Figure, Figures, Money } from '../parts/values.tsx';

type Receivables = z.output<typeof receivablesRoute.response>;
type Aged = Receivables['data'][number];
type Sums = Receivables['totals'];

/** Ages, in order: names of the API and of people. */
const ages = [
  ['current_cents', 'Not due'],
  ['days_1_30_cents', '1–30 days'],
  ['days_31_60_cents', '31–60 days'],
  ['days_61_90_cents', '61–90 days'],
  ['over_90_cents', 'Over 90 days'],
] as const satisfies readonly (readonly [keyof Sums, string])[];

/** What tenants owe, by age. */
export const receivablesPage = definePage({
  path: '/console/receivables',
  access: 'admin',
  nav: { group: 'Month end', label: 'Receivables' },
  query: z.strictObject({
    as_of: z.string().optional(),
    sort: z.string().optional(),
    cursor: z.string().optional(),
  }),
  load: async ({ ask, query: { as_of, cursor } }) =>
    ask(receivablesRoute, { query: { as_of, cursor, limit: '200' } }),
  title: () => 'Receivables',
  view: ({ data, totals, as_of, currency, next_cursor }) => (
    <>
      <PageHead
        title="Receivables"
        lead={`What tenants owe at the end of ${as_of}, by days past the last day to pay.`}
      >
        <a class="button button-main" href="/console/payments/new">
          Record a payment
        </a>
        <a class="button" href={withQuery('/console/files/receivables.csv', { as_of })}>
          Download CSV
        </a>
      </PageHead>
      <Figures>
        <Figure name="Open in all" note={openingNote(totals)}>
          <Money cents={totals.total_cents} currency={currency} />
        </Figure>
        {ages.map(([member, label]) => (
          <Figure name={label} note={<Share value={totals[member]} of={totals.total_cents} />}>
            <Money cents={totals[member]} />
          </Figure>
        ))}
        <Figure name="Balances" note="what tenants have over">
          <Money cents={totals.balance_cents} />
        </Figure>
      </Figures>
      <Filters
        filters={[{ name: 'as_of', label: 'At the end of', kind: 'day', value: as_of }]}
        keep={['sort']}
        submit="Show"
      />
      <DataTable
        caption={`Receivables at the end of ${as_of}, ${currency}`}
        columns={columns}
        rows={data}
        rowKey={({ tenant_id }) => tenant_id}
        href={({ tenant_id }) => `/console/customers/${encodeURIComponent(tenant_id)}`}
        nextCursor={next_cursor}
        totals={totalsOf(totals)}
        empty={
          <Empty title={`Nothing was open at the end of ${as_of}.`}>
            <p>Invoices are open from their issue until they are paid.</p>
          </Empty>
        }
      />
    </>
  ),
});

const openingNote = ({ opening_balance_cents }: Sums) =>
  opening_balance_cents === 0 ? (
    'the open invoices'
  ) : (
    <>
      of which opening balances <Money cents={opening_balance_cents} />
    </>
  );

const totalsOf = (totals: Sums) => ({
  tenant: 'All tenants',
  ...Object.fromEntries(ages.map(([member]) => [member, <Money cents={totals[member]} />])),
  total: <Money cents={totals.total_cents} />,
  balance: <Money cents={totals.balance_cents} />,
});

const columns: readonly Column<Aged>[] = [
  {
    key: 'tenant',
    label: 'Tenant',
    sort: ({ tenant_id }) => tenant_id,
    cell: ({ tenant_id }) => tenant_id,
  },
  ...ages.map(([member, label]): Column<Aged> => ({
    key: member,
    label,
    align: 'end',
    sort: (row) => row[member],
    cell: (row) => <Money cents={row[member]} />,
  })),
  {
    key: 'total',
    label: 'Open',
    align: 'end',
    sort: ({ total_cents }) => total_cents,
    cell: ({ total_cents, tenant_id }) => (
      <a href={`/console/invoices?tenant_id=${encodeURIComponent(tenant_id)}`}>
        <Money cents={total_cents} />
      </a>
    ),
  },
  {
    key: 'balance',
    label: 'Balance',
    align: 'end',
    sort: ({ balance_cents }) => balance_cents,
    cell: ({ balance_cents }) => <Money cents={balance_cents} />,
  },
  {
    key: 'pay',
    label: 'Payment',
    minor: 'tablet',
    leadsOn: true,
    cell: ({ tenant_id, total_cents }) =>
      total_cents === 0 ? null : (
        <a href={`/console/payments/new?tenant_id=${encodeURIComponent(tenant_id)}`}>
          Record<span class="sr"> a payment of {tenant_id}</span>
        </a>
      ),
  },
];

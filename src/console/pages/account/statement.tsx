import { z } from 'zod';
import { statementRoute } from '../../../http/routes/statements.ts';
import { addMonths, monthOf } from '../../../pricing/calendar.ts';
import { definePage } from '../../page.ts';
import { Filters } from '../../parts/filters.tsx';
import { Empty } from '../../parts/notice.tsx';
import { PageHead } from '../../parts/page-head.tsx';
import { DataTable, type Column } from '../../parts/table.tsx';
import { pathTo, withQuery } from '../../parts/url.ts';
import { Day, Figure, Figures, Money } from '../../parts/values.tsx';

type Statement = z.output<typeof statementRoute.response>['data'];
type Entry = Statement['entries'][number] & { key: string };

const columns: readonly Column<Entry>[] = [
  { key: 'on', label: 'Day', cell: ({ on }) => <Day day={on} /> },
  {
    key: 'what',
    label: 'What',
    wraps: true,
    cell: ({ description, invoice_id }) =>
      invoice_id === null ? (
        description
      ) : (
        <a href={`/console/account/invoices/${invoice_id}`}>{description}</a>
      ),
  },
  {
    key: 'amount',
    label: 'Amount',
    align: 'end',
    cell: ({ amount_cents }) => <Money cents={amount_cents} signed />,
  },
  {
    key: 'balance',
    label: 'Owed then',
    align: 'end',
    cell: ({ balance_cents }) => <Money cents={balance_cents} />,
  },
];

/** The first day of the month two months before: a quarter with the running month. */
const quarterBefore = (today: string): string => addMonths(monthOf(today), -2);

/** A tenant's account between two days. */
export const accountStatementPage = definePage({
  path: '/console/account/statement',
  access: 'account',
  nav: { group: 'Account', label: 'Statement' },
  query: z.strictObject({
    from: z.string().optional(),
    to: z.string().optional(),
    cursor: z.string().optional(),
    sort: z.string().optional(),
  }),
  async load({ ask, query, today, tenantId }) {
    const { from = quarterBefore(today), to = today } = query;
    return (await ask(statementRoute, { params: { tenant_id: tenantId ?? '' }, query: { from, to } })).data;
  },
  title: ({ from, to }) => `Statement ${from} to ${to}`,
  view: (statement) => {
    const { from, to, currency, opening_cents, closing_cents } = statement;
    const entries = statement.entries.map((entry, index) => ({ ...entry, key: String(index) }));
    return (
      <>
        <PageHead title="Statement" lead={`${from} to ${to}, both days included.`}>
          <a
            class="button"
            href={withQuery(
              pathTo('/console/files/customers/:tenant_id/statement.pdf', { tenant_id: statement.tenant_id }),
              { from, to },
            )}
          >
            Download as PDF
          </a>
        </PageHead>
        <Filters
          filters={[
            { name: 'from', label: 'From', kind: 'day', value: from },
            { name: 'to', label: 'To', kind: 'day', value: to },
          ]}
          submit="Show"
        />
        <Figures>
          <Figure name="Owed before" note={from}>
            <Money cents={opening_cents} currency={currency} />
          </Figure>
          <Figure name="Owed at the end" note={closing_cents < 0 ? 'below zero: your credit' : to}>
            <Money cents={closing_cents} currency={currency} />
          </Figure>
        </Figures>
        <DataTable
          caption={`Invoices, notes and payments, ${currency}`}
          columns={columns}
          rows={entries}
          rowKey={({ key }) => key}
          empty={<Empty title={`Nothing was invoiced or paid from ${from} to ${to}.`} />}
        />
      </>
    );
  },
});

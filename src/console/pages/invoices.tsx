import { z } from 'zod';
import { listInvoicesRoute } from '../../http/routes/invoice-list.ts';
import { centsOf } from '../form-body.ts';
import { definePage } from '../page.ts';
import { Filters, Tabs, type Filter } from '../parts/filters.tsx';
import {
  failedMails,
  invoiceName,
  InvoiceStatus,
  MailState,
  mailLabel,
  statusLabel,
} from '../parts/invoice-states.tsx';
import { Empty } from '../parts/notice.tsx';
import { PageHead } from '../parts/page-head.tsx';
import { DataTable, type Column } from '../parts/table.tsx';
import { Chip, Day, Money, monthName } from '../parts/values.tsx';
import { capitalised } from '../parts/words.ts';
import { money } from '../../pricing/amount-text.ts';

type Invoices = z.output<typeof listInvoicesRoute.response>;
type Invoice = Invoices['data'][number];

const query = z.strictObject({
  status: z.string().optional(),
  period: z.string().optional(),
  tenant_id: z.string().optional(),
  number: z.string().optional(),
  from: z.string().optional(),
  to: z.string().optional(),
  mail: z.string().optional(),
  late: z.string().optional(),
  sort: z.string().optional(),
  cursor: z.string().optional(),
});

type PageQuery = z.output<typeof query>;

/** An amount as it was typed, as the API takes it; what is no amount goes as it is, and is refused. */
const typedAmount = (text: string | undefined): string | undefined => {
  if (text === undefined || text === '') return undefined;
  return String(centsOf(text) ?? text);
};

/** The filter of the address as the API has it. */
const filterOf = ({ status, from, to, sort: _sort, cursor: _cursor, ...same }: PageQuery) => ({
  ...same,
  ...(status === 'overdue' ? { overdue: 'true' } : { status }),
  from_cents: typedAmount(from),
  to_cents: typedAmount(to),
});

/** Everything that the filter finds, as a table for spreadsheets. */
function csvHref(asked: PageQuery): string {
  const texts = Object.entries({ ...filterOf(asked), sort: asked.sort }).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== '',
  );
  const text = new URLSearchParams(texts).toString();
  return text === '' ? '/console/files/invoices.csv' : `/console/files/invoices.csv?${text}`;
}

/** The invoices of all tenants. */
export const invoicesPage = definePage({
  path: '/console/invoices',
  access: 'admin',
  nav: { group: 'Month end', label: 'Invoices' },
  query,
  async load({ ask, query: asked }) {
    const { sort, cursor } = asked;
    return ask(listInvoicesRoute, { query: { ...filterOf(asked), sort, cursor, summary: 'true' } });
  },
  title: () => 'Invoices',
  view(list, { query: asked }) {
    return (
      <>
        <PageHead title="Invoices" lead="What tenants were invoiced, and what is open of it.">
          <a class="button" href={csvHref(asked)}>
            Download CSV
          </a>
        </PageHead>
        <StatusTabs list={list} />
        <Filters filters={filters} keep={['status', 'sort']} />
        <DataTable
          caption={`Invoices, ${list.data[0]?.currency ?? 'by month'}`}
          columns={columns}
          rows={list.data}
          rowKey={({ id }) => id}
          href={({ id }) => `/console/invoices/${encodeURIComponent(id)}`}
          serverSorted
          nextCursor={list.next_cursor}
          totals={totalsOf(list, asked.status)}
          empty={<NoneFound asked={asked} />}
        />
      </>
    );
  },
});

/** The sums of the tab that is open: over all its pages. */
function totalsOf({ summary }: Invoices, status: string | undefined) {
  if (summary === undefined) return {};
  const none = { invoices: 0, total_cents: 0, open_cents: 0 };
  const sums =
    status === undefined
      ? summary.all
      : status === 'overdue'
        ? summary.overdue
        : (summary.statuses.find((one) => one.status === status) ?? none);
  return {
    number: `All ${sums.invoices.toLocaleString('en')}`,
    total: <Money cents={sums.total_cents} />,
    open: <Money cents={sums.open_cents} />,
  };
}

function StatusTabs({ list: { summary } }: { list: Invoices }) {
  if (summary === undefined) return null;
  const tab = (value: string, label: string, sums: { invoices: number; total_cents: number }) => ({
    value,
    label: `${label} ${sums.invoices.toLocaleString('en')}`,
    note: money(sums.total_cents),
  });
  const none = { invoices: 0, total_cents: 0, open_cents: 0 };
  const statuses = ['issued', 'partially_paid', 'paid', 'void'].map((status) =>
    tab(
      status,
      capitalised(statusLabel(status)),
      summary.statuses.find((one) => one.status === status) ?? none,
    ),
  );
  return (
    <Tabs
      label="By status"
      name="status"
      tabs={[tab('', 'All', summary.all), tab('overdue', 'Overdue', summary.overdue), ...statuses]}
    />
  );
}

const filters: readonly Filter[] = [
  { name: 'period', label: 'Month', kind: 'period' },
  { name: 'tenant_id', label: 'Tenant', kind: 'text' },
  { name: 'number', label: 'Number', kind: 'text' },
  { name: 'from', label: 'Total from', kind: 'text', placeholder: '0.00' },
  { name: 'to', label: 'Total up to', kind: 'text', placeholder: '0.00' },
  {
    name: 'mail',
    label: 'Mail',
    kind: 'select',
    options: ['', 'unsent', 'delivered', 'pending', ...failedMails].map((value) => ({
      value,
      label: value === '' ? 'All' : mailLabel(value),
    })),
  },
  {
    name: 'late',
    label: 'Late facts',
    kind: 'select',
    options: [
      { value: '', label: 'All' },
      { value: 'true', label: 'with' },
      { value: 'false', label: 'without' },
    ],
  },
];

const columns: readonly Column<Invoice>[] = [
  { key: 'number', label: 'Number', cell: invoiceName },
  {
    key: 'tenant',
    label: 'Tenant',
    sort: ({ tenant_id }) => tenant_id,
    cell: ({ tenant_id }) => <a href={`/console/customers/${encodeURIComponent(tenant_id)}`}>{tenant_id}</a>,
  },
  {
    key: 'period',
    label: 'Month',
    sort: ({ period_start }) => period_start,
    cell: ({ period_start }) => monthName(period_start),
  },
  {
    key: 'status',
    label: 'State',
    cell: ({ status, overdue, late }) => (
      <>
        <InvoiceStatus status={status} overdue={overdue} />
        {late && (
          <>
            {' '}
            <Chip tone="warn">late facts</Chip>
          </>
        )}
      </>
    ),
  },
  { key: 'mail', label: 'Mail', minor: true, cell: ({ mail }) => <MailState mail={mail} /> },
  {
    key: 'issued',
    label: 'Issued',
    minor: 'tablet',
    sort: ({ issued_at }) => issued_at,
    cell: ({ issued_at }) => <Day day={issued_at} />,
  },
  { key: 'due', label: 'Due', sort: ({ due_on }) => due_on, cell: ({ due_on }) => <Day day={due_on} /> },
  {
    key: 'total',
    label: 'Total',
    align: 'end',
    sort: ({ total_cents }) => total_cents,
    cell: ({ total_cents }) => <Money cents={total_cents} />,
  },
  {
    key: 'open',
    label: 'Open',
    align: 'end',
    sort: ({ open_cents }) => open_cents,
    cell: ({ open_cents }) => <Money cents={open_cents} />,
  },
];

/** Names the filter that found nothing. */
function NoneFound({ asked }: { asked: PageQuery }) {
  const { status, period, tenant_id, number, from, to, mail, late } = asked;
  const named = [
    status === undefined ? '' : status === 'overdue' ? 'overdue' : statusLabel(status),
    period === undefined ? '' : `of ${monthName(period)}`,
    tenant_id === undefined ? '' : `of ${tenant_id}`,
    number === undefined ? '' : `with number ${number}`,
    from === undefined ? '' : `from ${from}`,
    to === undefined ? '' : `to ${to}`,
    mail === undefined ? '' : `whose mail is ${mailLabel(mail)}`,
    late === undefined ? '' : late === 'true' ? 'with late facts' : 'without late facts',
  ].filter((text) => text !== '');
  return (
    <Empty
      title={named.length === 0 ? 'No invoice is issued yet.' : `No invoice is found: ${named.join(', ')}.`}
    >
      {named.length === 0 ? (
        <p>
          <a href="/console/close">Close a month</a> to issue its invoices.
        </p>
      ) : (
        <p>
          <a href="/console/invoices">Show all invoices</a>
        </p>
      )}
    </Empty>
  );
}

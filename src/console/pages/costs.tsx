import { z } from 'zod';
import { costAlertsRoute } from '../../http/routes/cost-alerts.ts';
import { costMonthsRoute } from '../../http/routes/cost-months.ts';
import { balanceRoute, providerInvoicesRoute } from '../../http/routes/costs.ts';
import { Refused } from '../../ledger/refusal.ts';
import { ingestAll } from '../actions/costs.ts';
import { inventoryWords } from '../inventory-words.ts';
import { definePage } from '../page.ts';
import { Series, Share } from '../parts/charts.tsx';
import { Tabs } from '../parts/filters.tsx';
import { ActionForm } from '../parts/form.tsx';
import { CostsNow } from '../parts/costs-now.tsx';
import { Disclosure, Empty } from '../parts/notice.tsx';
import { Columns, PageHead, Section } from '../parts/page-head.tsx';
import { DataTable, type Column } from '../parts/table.tsx';
import { InvoiceSigns } from '../parts/provider-invoice.tsx';
import { Day, Money, monthName } from '../parts/values.tsx';
import { pathTo, withQuery } from '../parts/url.ts';

/** The lines of an invoice that no resource was found for. */
const unmatchedHref = (uuid: string): string => `${pathTo('/console/costs/:uuid', { uuid })}?matched=false`;

type Months = z.output<typeof costMonthsRoute.response>['data'];
type Invoice = z.output<typeof providerInvoicesRoute.response>['data'][number];

const groupings = { kind: 'kind', project: 'project', product: 'product' } as const;

/** What the provider bills: the balance now, months, and the invoices with what became of them. */
export const costsPage = definePage({
  path: '/console/costs',
  access: 'admin',
  nav: { group: 'Money', label: 'Costs' },
  query: z.strictObject({
    by: z.enum(groupings).optional(),
    month: z.string().optional(),
    to: z.string().optional(),
    cursor: z.string().optional(),
    sort: z.string().optional(),
    group_sort: z.string().optional(),
  }),
  async load({ ask, query }) {
    const [balance, alerts, months, invoices] = await Promise.all([
      ask(balanceRoute).then(({ data }) => data, noneYet),
      ask(costAlertsRoute),
      ask(costMonthsRoute, { query: { by: query.by, to: query.to } }),
      ask(providerInvoicesRoute, { query: { cursor: query.cursor, limit: '24' } }),
    ]);
    return { balance, alerts, months: months.data, invoices };
  },
  title: () => 'Costs',
  view: ({ balance, alerts, months, invoices }, { query }) => (
    <>
      <PageHead
        title="Costs"
        lead="What DigitalOcean bills, in US dollars as it gives them, and what became of it."
      >
        {invoices.data
          .filter(({ period, lines, matched }) => period.slice(0, 7) === query.month && matched < lines)
          .map(({ uuid, period }) => (
            <a class="button button-main" href={unmatchedHref(uuid)}>
              Unmatched lines of {monthName(period)}
            </a>
          ))}
        <a class="button" href="/console/projects">
          Projects
        </a>
        <a class="button" href="/console/cost-sharing">
          Shared cost
        </a>
      </PageHead>
      <CostsNow balance={balance} alerts={alerts} />
      <Trend months={months} />
      <Groups months={months} chosen={query.month} />
      <Section title="Invoices of the provider" tools={<IngestAll />}>
        <DataTable
          caption="Invoices of DigitalOcean, newest month first, USD"
          columns={invoiceColumns}
          rows={invoices.data}
          rowKey={({ uuid }) => uuid}
          href={({ uuid }) => pathTo('/console/costs/:uuid', { uuid })}
          nextCursor={invoices.next_cursor}
          empty={
            <Empty title="No invoice of the provider is known yet.">
              <p>The job billing.history looks for them every night, and by the button above now.</p>
            </Empty>
          }
        />
      </Section>
    </>
  ),
});

function noneYet(error: unknown): null {
  if (error instanceof Refused && error.refusal.refused === 'not-found') return null;
  throw error;
}

function IngestAll() {
  return (
    <Disclosure summary="Ingest all…">
      <ActionForm action={ingestAll} params={{ name: 'billing.history' }}>
        <p>
          Asks DigitalOcean for every invoice. Those that are new are ingested one by one; those that are here
          are left as they are.
        </p>
      </ActionForm>
    </Disclosure>
  );
}

function Trend({ months: { months } }: { months: Months }) {
  return (
    <Section title="By month">
      <Series
        title="Billed by DigitalOcean, tax included, USD"
        labels={months.map(({ period }) => period.slice(0, 7))}
        lines={[
          { label: 'All lines', values: months.map(({ cents }) => cents) },
          { label: 'Unmatched', values: months.map(({ unmatched_cents }) => unmatched_cents) },
          { label: 'Not ingested', values: months.map(({ pending_cents }) => pending_cents) },
        ]}
      />
    </Section>
  );
}

interface Group {
  key: string | null;
  lines: number;
  matched: number;
  cents: number;
  before: number;
  of: number;
}

/** One month by kind, project or product, beside the month before. */
function Groups({
  months: { months, by, currency },
  chosen,
}: {
  months: Months;
  chosen: string | undefined;
}) {
  const billed = months.findLastIndex(({ lines }) => lines > 0);
  const at = months.findIndex(({ period }) => period.slice(0, 7) === chosen?.slice(0, 7));
  const index = at >= 0 ? at : Math.max(billed, 0);
  const month = months[index];
  const before = new Map(months[index - 1]?.groups.map(({ key, cents }) => [key, cents]));
  const groups = month?.groups.map((group) => ({
    ...group,
    before: before.get(group.key) ?? 0,
    of: month.cents,
  }));
  return (
    <Section
      title={`${monthName(month?.period ?? '')} by ${by}`}
      tools={
        <a
          class="button"
          href={withQuery('/console/files/cost-lines.csv', { period: month?.period.slice(0, 7) })}
        >
          Download its lines as CSV
        </a>
      }
    >
      <Columns>
        <Tabs
          label="Grouped by"
          name="by"
          tabs={[
            { value: '', label: 'Kind' },
            { value: 'project', label: 'Project' },
            { value: 'product', label: 'Product' },
          ]}
        />
        <Tabs
          label="Month"
          name="month"
          tabs={months.slice(-4).map(({ period }, place, shown) => ({
            value:
              place === shown.length - 1 && index === months.length - 1 && at < 0 ? '' : period.slice(0, 7),
            label: period.slice(0, 7),
          }))}
        />
      </Columns>
      <DataTable
        caption={`Costs of ${monthName(month?.period ?? '')} by ${by}, ${currency}`}
        name="group"
        columns={groupColumns(by)}
        rows={groups ?? []}
        rowKey={({ key }) => key ?? 'none'}
        totals={{
          lines: month?.lines,
          matched: month?.matched,
          cents: <Money cents={month?.cents} />,
          before: <Money cents={months[index - 1]?.cents} />,
        }}
        empty={<Empty title={`No line of an invoice is of ${monthName(month?.period ?? '')}.`} />}
      />
    </Section>
  );
}

const groupColumns = (by: Months['by']): readonly Column<Group>[] => [
  {
    key: 'key',
    label: by === 'kind' ? 'Kind' : by === 'project' ? 'Project' : 'Product',
    sort: ({ key }) => key,
    cell: ({ key }) => (key === null ? 'no project' : by === 'kind' ? inventoryWords(key) : key),
  },
  {
    key: 'lines',
    minor: true,
    label: 'Lines',
    align: 'end',
    sort: ({ lines }) => lines,
    cell: ({ lines }) => lines,
  },
  { key: 'matched', minor: true, label: 'Matched', align: 'end', cell: ({ matched }) => matched },
  {
    key: 'cents',
    label: 'Cost',
    align: 'end',
    sort: ({ cents }) => cents,
    cell: ({ cents }) => <Money cents={cents} />,
  },
  { key: 'share', minor: true, label: 'Share', cell: ({ cents, of }) => <Share value={cents} of={of} /> },
  { key: 'before', label: 'Month before', align: 'end', cell: ({ before }) => <Money cents={before} /> },
  {
    key: 'change',
    label: 'Change',
    align: 'end',
    sort: ({ cents, before }) => cents - before,
    cell: ({ cents, before }) => <Money cents={cents - before} signed />,
  },
];

const invoiceColumns: readonly Column<Invoice>[] = [
  { key: 'period', label: 'Month', sort: ({ period }) => period, cell: ({ period }) => monthName(period) },
  { key: 'status', label: 'State', cell: (invoice) => <InvoiceSigns invoice={invoice} /> },
  {
    key: 'amount',
    label: 'Amount',
    align: 'end',
    sort: ({ amount_cents }) => amount_cents,
    cell: ({ amount_cents }) => <Money cents={amount_cents} />,
  },
  { key: 'lines', minor: true, label: 'Lines', align: 'end', cell: ({ lines }) => lines },
  { key: 'matched', minor: true, label: 'Matched', align: 'end', cell: ({ matched }) => matched },
  {
    key: 'unmatched',
    label: 'Not matched',
    align: 'end',
    cell: ({ uuid, lines, matched }) =>
      lines === matched ? '0' : <a href={unmatchedHref(uuid)}>{lines - matched}</a>,
  },
  {
    key: 'difference',
    minor: true,
    label: 'Difference',
    align: 'end',
    cell: ({ difference_cents }) => <Money cents={difference_cents} />,
  },
  { key: 'pushed', label: 'At finance', cell: (invoice) => <Day day={invoice.pushed_to_finance_at} /> },
];

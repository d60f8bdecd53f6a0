import type { z } from 'zod';
import type { leakageRoute } from '../../http/routes/dashboard.ts';
import { Disclosure, Empty } from './notice.tsx';
import { Section } from './page-head.tsx';
import { DataTable, type Column } from './table.tsx';
import { pathTo } from './url.ts';
import { Id, Money, monthName, Quantity } from './values.tsx';

type Answer = z.output<typeof leakageRoute.response>['data'];
type Item = Answer['items'][number];

const reasonWords: Record<Item['reason'], string> = {
  tax: 'tax of the provider',
  'account-level': 'a line of no resource',
  unmatched: 'its resource is not found',
  'no-deployment': 'a resource of no deployment',
  'no-subscription': 'no subscription all month',
  'not-in-force': 'days that were not in force',
  'source-gone': 'kept of what is long gone',
  'unmetered-size': 'its size is not known',
  'no-revenue': 'its tenant was billed nothing',
  shared: 'a share of a tenant that was billed nothing',
  'unbilled-usage': 'used while not in force',
  'not-billable': 'the month cannot be billed',
  'awaiting-rollup': 'not invoiced yet',
  'late-on-void-invoice': 'came late for a void invoice',
  'resource-gone': 'billed, and its resources are gone',
};

/** What of a month leaks: costs that no revenue covers, which sum to a figure of the margin, and what is no cost. */
export function Leakage({ leakage }: { leakage: Answer }) {
  const { items, currency, total_cents, at_billed_tenants: billed, period } = leakage;
  const costs = items.filter(({ amount_cents }) => amount_cents !== null);
  const others = items.filter(({ amount_cents }) => amount_cents === null);
  return (
    <Section
      title="Leakage"
      note="Costs that no revenue covers: the unattributed ones, and those of tenants without revenue."
    >
      <DataTable
        caption={`Costs of ${monthName(period)} that no revenue covers, ${currency}`}
        name="leak"
        columns={columns('amount')}
        rows={costs}
        rowKey={(item) => `leak-${items.indexOf(item)}`}
        totals={{ reason: 'All', cents: <Money cents={total_cents} /> }}
        empty={<Empty title={`Revenue covers all costs of ${monthName(period)}.`} />}
      />
      {others.length > 0 && (
        <Disclosure summary={`${others.length} items that are no cost`} open>
          <DataTable
            caption={`What was used or billed and leaks, before tax, ${currency}`}
            name="leak"
            columns={columns('value')}
            rows={others}
            rowKey={(item) => `leak-${items.indexOf(item)}`}
            empty="There are none."
          />
        </Disclosure>
      )}
      {billed.length > 0 && (
        <Disclosure summary={`${billed.length} costs at tenants with revenue that no subscription covers`}>
          <DataTable
            caption={`Costs at tenants with revenue, ${currency}`}
            name="leak"
            columns={columns('amount')}
            rows={billed}
            rowKey={(item) => `billed-${billed.indexOf(item)}`}
            totals={{ reason: 'All', cents: <Money cents={leakage.at_billed_tenants_cents} /> }}
            empty="There are none."
          />
        </Disclosure>
      )}
    </Section>
  );
}

const columns = (figure: 'amount' | 'value'): readonly Column<Item>[] => [
  {
    key: 'reason',
    label: 'Reason',
    wraps: true,
    sort: ({ reason }) => reason,
    cell: ({ reason }) => reasonWords[reason],
  },
  { key: 'what', label: 'What', wraps: true, cell: (item) => <What item={item} /> },
  {
    key: 'tenant',
    label: 'Tenant',
    sort: ({ tenant_id }) => tenant_id,
    cell: ({ tenant_id }) =>
      tenant_id === null ? (
        <span class="muted">unattributed</span>
      ) : (
        <a href={pathTo('/console/customers/:tenant_id', { tenant_id })}>{tenant_id}</a>
      ),
  },
  {
    key: 'deployment',
    label: 'Deployment',
    cell: ({ deployment_id }) =>
      deployment_id === null ? (
        <span class="muted">none</span>
      ) : (
        <Id id={deployment_id} href={pathTo('/console/deployments/:id', { id: deployment_id })} />
      ),
  },
  {
    key: 'cents',
    label: figure === 'amount' ? 'Cost' : 'Value',
    align: 'end',
    sort: (item) => item[`${figure}_cents`],
    cell: (item) => <Money cents={item[`${figure}_cents`]} />,
  },
];

const textOf = (detail: Item['detail'], member: string): string | null => {
  const value = detail[member];
  return typeof value === 'string' ? value : null;
};

/** The object to look at. */
function What({ item: { detail, resource_kind, qty } }: { item: Item }) {
  const resource = textOf(detail, 'resource_id');
  const invoice = textOf(detail, 'invoice_uuid');
  const text = textOf(detail, 'name') ?? textOf(detail, 'description') ?? textOf(detail, 'because');
  const name = text ?? resource_kind ?? (invoice === null ? 'the month as a whole' : 'the whole invoice');
  const numbers = detail['line_nos'];
  const line = Array.isArray(numbers) && typeof numbers[0] === 'number' ? String(numbers[0]) : null;
  const place = invoice === null ? null : pathTo('/console/costs/:uuid', { uuid: invoice });
  return (
    <>
      {resource === null ? name : <a href={pathTo('/console/inventory/:id', { id: resource })}>{name}</a>}
      {qty !== null && (
        <>
          {' '}
          <Quantity value={qty} unit={resource_kind ?? ''} />
        </>
      )}
      {place !== null && line !== null && (
        <>
          {', '}
          <a href={`${place}?line=${line}#line-${line}`}>line {line}</a>
        </>
      )}
    </>
  );
}

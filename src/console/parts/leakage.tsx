import type { z } from 'zod';
import type { leakageRoute } from '../../http/routes/dashboard.ts';
import { Disclosure, Empty } from './notice.tsx';
import { Section } from './page-head.tsx';
import { DataTable, type Column } from './table.tsx';
import { pathTo } from './url.ts';
import { Id, Money, monthName, Quantity } from './values.tsx';
import { counted } from '../../runtime/counted.ts';

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

/** The names of deployments, by their ids. */
export type Names = ReadonlyMap<string, string>;

type FigureName = 'amount_cents' | 'value_cents';

/** Items by reason, the reason that comes to most first. */
function byReason(items: readonly Item[], figure: FigureName) {
  const groups = new Map<Item['reason'], Item[]>();
  for (const item of items) groups.set(item.reason, [...(groups.get(item.reason) ?? []), item]);
  const sumOf = (of: readonly Item[]): number => of.reduce((sum, item) => sum + (item[figure] ?? 0), 0);
  const sums = new Map([...groups].map(([reason, of]) => [reason, { count: of.length, cents: sumOf(of) }]));
  const cents = (reason: Item['reason']): number => sums.get(reason)?.cents ?? 0;
  const rows = [...groups].sort(([a], [b]) => cents(b) - cents(a)).flatMap(([, of]) => of);
  return { rows, sums };
}

interface ItemsProps {
  caption: string;
  items: readonly Item[];
  figure: FigureName;
  names: Names;
  /** Of all items; null: they have no sum. */
  total: number | null;
  /** What begins the ids of the rows, and names the table. */
  prefix: string;
  empty: string;
}

function Items({ caption, items, figure, names, total, prefix, empty }: ItemsProps) {
  const { rows, sums } = byReason(items, figure);
  const places = new Map(rows.map((item, index) => [item, index]));
  return (
    <DataTable
      caption={caption}
      columns={columns(figure, names)}
      rows={rows}
      rowKey={(item) => `${prefix}-${places.get(item) ?? ''}`}
      name={prefix}
      most={50}
      groupOf={({ reason }) => ({
        key: reason,
        head: (
          <>
            <span>{reasonWords[reason]}</span>
            <span class="muted">{sums.get(reason)?.count}</span>
            <span class="row-group-sum">
              <Money cents={sums.get(reason)?.cents ?? 0} />
            </span>
          </>
        ),
      })}
      {...(total === null ? {} : { totals: { what: 'All', cents: <Money cents={total} /> } })}
      empty={<Empty title={empty} />}
    />
  );
}

/** What of a month leaks: costs that no revenue covers, and what was used or billed and is no cost. */
export function Leakage({ leakage, names }: { leakage: Answer; names: Names }) {
  const { items, currency, total_cents, at_billed_tenants: billed, period } = leakage;
  const costs = items.filter(({ amount_cents }) => amount_cents !== null);
  const others = items.filter(({ amount_cents }) => amount_cents === null);
  return (
    <Section
      title="Leakage"
      id="leakage"
      note="Costs that no revenue covers, by reason: unattributed, or of tenants without revenue."
    >
      <Items
        caption={`Costs of ${monthName(period)} that no revenue covers, ${currency}`}
        {...{ items: costs, figure: 'amount_cents', names, total: total_cents, prefix: 'leak' }}
        empty={`Revenue covers all costs of ${monthName(period)}.`}
      />
      {others.length > 0 && (
        <Disclosure
          summary={`${counted(others.length, 'thing')} used or billed that ${isOrAre(others)} no cost`}
          open
        >
          <Items
            caption={`What was used or billed and leaks, before tax, ${currency}`}
            {...{ items: others, figure: 'value_cents', names, total: null, prefix: 'other' }}
            empty="There are none."
          />
        </Disclosure>
      )}
      {billed.length > 0 && (
        <Disclosure
          summary={`${counted(billed.length, 'cost')} at tenants with revenue that no subscription covers`}
        >
          <Items
            caption={`Costs at tenants with revenue, ${currency}`}
            {...{ items: billed, figure: 'amount_cents', names, prefix: 'billed' }}
            total={leakage.at_billed_tenants_cents}
            empty="There are none."
          />
        </Disclosure>
      )}
    </Section>
  );
}

const isOrAre = ({ length }: readonly Item[]): string => (length === 1 ? 'is' : 'are');

const columns = (figure: FigureName, names: Names): readonly Column<Item>[] => [
  { key: 'what', label: 'What', wraps: true, cell: (item) => <What item={item} /> },
  {
    key: 'tenant',
    label: 'Tenant',
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
    minor: true,
    cell: ({ deployment_id: id }) => {
      if (id === null) return <span class="muted">none</span>;
      const href = pathTo('/console/deployments/:id', { id });
      const name = names.get(id);
      return name === undefined ? <Id id={id} href={href} /> : <a href={href}>{name}</a>;
    },
  },
  {
    key: 'cents',
    label: figure === 'amount_cents' ? 'Cost' : 'Value',
    align: 'end',
    cell: (item) => <Money cents={item[figure]} />,
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

import { z } from 'zod';
import { listInventoryRoute } from '../../http/routes/inventory.ts';
import { toneOf, inventoryWords } from '../inventory-words.ts';
import { definePage } from '../page.ts';
import { Filters } from '../parts/filters.tsx';
import { Empty } from '../parts/notice.tsx';
import { PageHead } from '../parts/page-head.tsx';
import { DataTable, Narrow, type Column } from '../parts/table.tsx';
import { Absent, Chip, Figure, Figures, Money, monthName } from '../parts/values.tsx';

type Answer = z.output<typeof listInventoryRoute.response>;
type Resource = Answer['data'][number];

const text = z.string().optional();
const query = z.strictObject({
  kind: text,
  status: text,
  tenant_id: text,
  deployment_id: text,
  region: text,
  tied: text,
  q: text,
  sort: text,
  cursor: text,
});
type Query = z.output<typeof query>;

/** The resources of the provider's account: what each is, who holds it, and what it costs. */
export const inventoryPage = definePage({
  path: '/console/inventory',
  access: 'admin',
  nav: { group: 'Resources', label: 'Inventory' },
  query,
  load: ({ ask, query: { sort: _sort, ...filter } }) => ask(listInventoryRoute, { query: filter }),
  title: () => 'Inventory',
  view: (answer, { query: asked }) => (
    <>
      <PageHead title="Inventory" lead="What runs in the provider's account, as the last sweeps found it." />
      <Figures>
        <Figure name="Resources" note="that the filters find">
          {answer.summary.resources.toLocaleString('en')}
        </Figure>
        <Figure name="Tied to no deployment" note="not billed to a customer">
          {answer.summary.untied.toLocaleString('en')}
        </Figure>
        <Figure name="Stale" note="missed by three sweeps">
          {answer.summary.stale.toLocaleString('en')}
        </Figure>
      </Figures>
      <div class="gap" />
      <InventoryFilters summary={answer.summary} />
      <Resources answer={answer} asked={asked} />
    </>
  ),
});

const choices = (values: readonly string[], all: string) => [
  { value: '', label: all },
  ...values.map((value) => ({ value, label: inventoryWords(value) })),
];

function InventoryFilters({ summary }: { summary: Answer['summary'] }) {
  return (
    <Filters
      filters={[
        { name: 'q', label: 'Name or id', kind: 'text' },
        { name: 'kind', label: 'Kind', kind: 'select', options: choices(summary.kinds, 'All kinds') },
        { name: 'status', label: 'State', kind: 'select', options: choices(summary.statuses, 'All states') },
        {
          name: 'tied',
          label: 'Tie',
          kind: 'select',
          options: [
            { value: '', label: 'Tied or not' },
            { value: 'true', label: 'Tied' },
            { value: 'false', label: 'Not tied' },
          ],
        },
        { name: 'region', label: 'Region', kind: 'select', options: choices(summary.regions, 'All regions') },
        { name: 'tenant_id', label: 'Tenant', kind: 'text' },
      ]}
    />
  );
}

const columns = (billedPeriod: string | null): readonly Column<Resource>[] => [
  {
    key: 'name',
    label: 'Name',
    wraps: true,
    sort: ({ name }) => name,
    cell: ({ name, kind }) => (
      <>
        {name}
        <Narrow>{inventoryWords(kind)}</Narrow>
      </>
    ),
  },
  {
    key: 'kind',
    minor: true,
    label: 'Kind',
    sort: ({ kind }) => kind,
    cell: ({ kind }) => inventoryWords(kind),
  },
  {
    key: 'list',
    label: 'List price, a month',
    align: 'end',
    sort: ({ cost }) => cost?.list_monthly_cents ?? null,
    cell: ({ cost }) => <Money cents={cost?.list_monthly_cents} />,
  },
  {
    key: 'billed',
    label: billedPeriod === null ? 'Billed' : `Billed for ${monthName(billedPeriod)}`,
    align: 'end',
    sort: ({ cost }) => cost?.billed_cents ?? null,
    cell: ({ cost }) => <Money cents={cost?.billed_cents} />,
  },
  {
    key: 'status',
    label: 'State',
    sort: ({ status }) => status,
    cell: ({ status }) => <Chip tone={toneOf(status)}>{inventoryWords(status)}</Chip>,
  },
  {
    key: 'tenant',
    label: 'Tenant',
    sort: ({ tenant_id }) => tenant_id,
    cell: ({ tenant_id }) => <a href={`/console/customers/${encodeURIComponent(tenant_id)}`}>{tenant_id}</a>,
  },
  {
    key: 'tie',
    label: 'Tie',
    cell: ({ deployment_id }) =>
      deployment_id === null ? (
        <span class="muted">none</span>
      ) : (
        <a href={`/console/deployments/${encodeURIComponent(deployment_id)}`}>deployment</a>
      ),
  },
  {
    key: 'region',
    label: 'Region',
    minor: 'tablet',
    sort: ({ region }) => region,
    cell: ({ region }) => region ?? <Absent />,
  },
  {
    key: 'size',
    label: 'Size',
    minor: 'tablet',
    sort: ({ size_slug }) => size_slug,
    cell: ({ size_slug }) => size_slug ?? <Absent />,
  },
];

function Resources({ answer: { data, next_cursor }, asked }: { answer: Answer; asked: Query }) {
  const cost = data[0]?.cost ?? null;
  const named = Object.entries(asked).filter(
    ([name, value]) => value !== undefined && name !== 'sort' && name !== 'cursor',
  );
  return (
    <DataTable
      caption={`Resources${cost === null ? '' : `, costs in ${cost.currency} before tax`}`}
      captioned
      columns={columns(cost?.billed_period ?? null)}
      rows={data}
      rowKey={({ id }) => id}
      href={({ id }) => `/console/inventory/${encodeURIComponent(id)}`}
      nextCursor={next_cursor}
      empty={
        named.length === 0 ? (
          <Empty title="No resources are known yet.">
            The jobs sync.droplets and its like bring them: <a href="/console/jobs">run one</a>.
          </Empty>
        ) : (
          <Empty
            title={`No resource has ${named.map(([name, value]) => `${inventoryWords(name)} ${value}`).join(', ')}.`}
          >
            <a href="/console/inventory">All resources</a>
          </Empty>
        )
      }
    />
  );
}

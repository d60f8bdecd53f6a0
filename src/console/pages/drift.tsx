import { z } from 'zod';
import { listDriftRoute } from '../../http/routes/drift.ts';
import { shownValue, toneOf, inventoryWords } from '../inventory-words.ts';
import { definePage } from '../page.ts';
import { BeforeAfter } from '../parts/charts.tsx';
import { Tabs } from '../parts/filters.tsx';
import { Empty } from '../parts/notice.tsx';
import { PageHead } from '../parts/page-head.tsx';
import { DataTable, Narrow, type Column } from '../parts/table.tsx';
import { Absent, Chip, Day, Figure, Figures, Money } from '../parts/values.tsx';

type Answer = z.output<typeof listDriftRoute.response>;
type Finding = Answer['data'][number];

const text = z.string().optional();

const statuses = [
  { value: '', label: 'Open' },
  { value: 'accepted', label: 'Accepted' },
  { value: 'reverted', label: 'Reverted' },
  { value: 'stale', label: 'Stale' },
] as const;

/** Where live resources differ from what was ordered, with what that costs. */
export const driftPage = definePage({
  path: '/console/drift',
  access: 'admin',
  nav: { group: 'Resources', label: 'Drift' },
  query: z.strictObject({ status: text, cursor: text, sort: text }),
  load: ({ ask, query: { status, cursor } }) => ask(listDriftRoute, { query: { status, cursor } }),
  title: () => 'Drift',
  view: (answer, { query: { status } }) => (
    <>
      <PageHead title="Drift" lead="Where live resources differ from their specs, and what that costs." />
      <Tabs label="By status" name="status" tabs={statuses} />
      <Sums summary={answer.summary} />
      <Findings answer={answer} status={status ?? 'open'} />
    </>
  ),
});

function Sums({ summary }: { summary: Answer['summary'] }) {
  if (summary.findings === 0) return null;
  return (
    <>
      <Figures>
        <Figure name="Findings">{summary.findings.toLocaleString('en')}</Figure>
        <Figure
          name="A month more than ordered"
          note={`list prices are known for ${summary.priced} of ${summary.findings}`}
        >
          <Money cents={summary.monthly_delta_cents} currency={summary.currency} signed />
        </Figure>
      </Figures>
      <div class="gap" />
    </>
  );
}

const columns: readonly Column<Finding>[] = [
  {
    key: 'name',
    label: 'Resource',
    wraps: true,
    sort: ({ name }) => name,
    cell: ({ name }) => name,
  },
  {
    key: 'kind',
    minor: 'tablet',
    label: 'Kind',
    sort: ({ kind }) => kind,
    cell: ({ kind }) => inventoryWords(kind),
  },
  {
    key: 'field',
    minor: true,
    label: 'Field',
    sort: ({ field }) => field,
    cell: ({ field }) => inventoryWords(field),
  },
  { key: 'desired', label: 'Ordered', minor: true, wraps: true, cell: ({ desired }) => shownValue(desired) },
  {
    key: 'actual',
    label: 'Live',
    wraps: true,
    cell: ({ field, desired, actual }) => (
      <>
        {shownValue(actual)}
        <Narrow>
          {inventoryWords(field)}, ordered {shownValue(desired)}
        </Narrow>
      </>
    ),
  },
  {
    key: 'delta',
    label: 'A month more',
    align: 'end',
    sort: ({ monthly_delta_cents }) => monthly_delta_cents,
    cell: ({ monthly_delta_cents }) => <Money cents={monthly_delta_cents} signed />,
  },
  {
    key: 'margin',
    label: 'Margin, live to ordered',
    align: 'end',
    cell: ({ margin }) =>
      margin === null ? (
        <Absent />
      ) : (
        <BeforeAfter before={margin.actual.margin_cents} after={margin.desired.margin_cents} />
      ),
  },
  {
    key: 'found',
    minor: 'tablet',
    label: 'Found',
    sort: ({ found_at }) => found_at,
    cell: ({ found_at }) => <Day day={found_at} />,
  },
  {
    key: 'revert',
    label: 'Revert',
    cell: ({ revert }) =>
      revert === null ? (
        <Absent />
      ) : (
        <Chip tone={toneOf(revert.status)}>{inventoryWords(revert.status)}</Chip>
      ),
  },
];

function Findings({ answer: { data, next_cursor }, status }: { answer: Answer; status: string }) {
  return (
    <DataTable
      caption={`Findings that are ${status}${data[0] === undefined ? '' : `, ${data[0].currency} by list prices`}`}
      captioned
      columns={columns.filter(({ key }) => key !== 'revert' || data.some(({ revert }) => revert !== null))}
      rows={data}
      rowKey={({ id }) => id}
      href={({ id }) => `/console/drift/${encodeURIComponent(id)}`}
      nextCursor={next_cursor}
      empty={
        <Empty title={status === 'open' ? 'No resource differs from its spec.' : `No finding is ${status}.`}>
          {status === 'open' && 'The job drift.detect compares them every hour.'}
        </Empty>
      }
    />
  );
}

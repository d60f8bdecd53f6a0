import { z } from 'zod';
import { giveLink } from '../actions/customers.ts';
import { definePage } from '../page.ts';
import { AsOf, asOfParameters } from '../parts/as-of.tsx';
import { BeforeAfter, Bars, Series, Share } from '../parts/charts.tsx';
import { EventLink, EventsLink } from '../parts/events-link.tsx';
import { Filters, PeriodNav, Tabs } from '../parts/filters.tsx';
import { ActionForm } from '../parts/form.tsx';
import { Disclosure, Empty, Notice, Progress } from '../parts/notice.tsx';
import { GetField, GetForm } from '../parts/get-form.tsx';
import { Columns, PageHead, Section } from '../parts/page-head.tsx';
import { Step } from '../parts/step.tsx';
import { DataTable, type Column } from '../parts/table.tsx';
import {
  Absent,
  Chip,
  Day,
  Facts,
  Figure,
  Figures,
  Id,
  Instant,
  Money,
  Percent,
  Quantity,
} from '../parts/values.tsx';
import { FormWithErrors, States, Work } from './design-shared.tsx';
import { Tokens } from './design-tokens.tsx';

interface Sample {
  id: string;
  name: string;
  state: 'paid' | 'open' | 'overdue';
  cents: number;
}

const samples: readonly Sample[] = [
  { id: 'SKY-2026-000001', name: 'dashboard-pilot', state: 'paid', cents: 7_823 },
  { id: 'SKY-2026-000002', name: 'northwind', state: 'open', cents: 1_234_567 },
  { id: 'SKY-2026-000003', name: 'skyai-internal', state: 'overdue', cents: -950 },
];

const tones = { paid: 'good', open: 'info', overdue: 'bad' } as const;

const columns: readonly Column<Sample>[] = [
  { key: 'number', label: 'Number', sort: ({ id }) => id, cell: ({ id }) => id },
  { key: 'tenant', label: 'Tenant', sort: ({ name }) => name, cell: ({ name }) => name },
  { key: 'state', label: 'State', cell: ({ state }) => <Chip tone={tones[state]}>{state}</Chip> },
  {
    key: 'total',
    label: 'Total',
    align: 'end',
    sort: ({ cents }) => cents,
    cell: ({ cents }) => <Money cents={cents} />,
  },
];

const days = Array.from({ length: 30 }, (_none, day) => ({
  label: `2026-04-${String(day + 1).padStart(2, '0')}`,
  value: (day * 7) % 19,
  text: String((day * 7) % 19),
}));

/** Every part with sample values: what a page is put together from. */
export const designPage = definePage({
  path: '/console/design',
  access: 'signed-in',
  query: z.strictObject({
    state: z.string().optional(),
    q: z.string().optional(),
    period: z.string().optional(),
    ...asOfParameters,
    sort: z.string().optional(),
    colours_sort: z.string().optional(),
    sampled_sort: z.string().optional(),
    sampled_cursor: z.string().optional(),
    cursor: z.string().optional(),
  }),
  load: async () => null,
  title: () => 'Design system',
  view: (_none, { query }) => (
    <>
      <PageHead
        title="Design system"
        lead="Every part that pages are put together from, with sample values."
        crumbs={[{ label: 'Start', href: '/console' }]}
        chips={<Chip tone="info">sample</Chip>}
      >
        <PeriodNav period={`${query.period ?? '2026-04'}-01`.slice(0, 10)} />
        <EventsLink stream="sample" />
        <AsOf />
      </PageHead>
      <Tokens />
      <Values />
      <States />
      <Lists state={query.state} />
      <Notices />
      <Forms />
      <Work />
      <Charts />
    </>
  ),
});

function Values() {
  return (
    <Section title="Values">
      <Figures>
        <Figure name="Revenue" note="April 2026">
          <Money cents={7_112} currency="AUD" />
        </Figure>
        <Figure name="Margin" note={<Percent value="57.1" />}>
          <Money cents={4_059} />
        </Figure>
        <Figure name="Difference">
          <Money cents={-1_580} signed />
        </Figure>
      </Figures>
      <Facts
        items={[
          ['Id', <Id id="901d320b-efd0-5273-9e4b-f322b23290de" />],
          ['Day', <Day day="2026-04-30" />],
          ['Instant', <Instant at="2026-05-01T03:00:00.000Z" />],
          ['Quantity', <Quantity value="1500000" unit="tokens" />],
          ['Not known', <Absent />],
          ['Event', <EventLink position={1_204} />],
          ['Before and after', <BeforeAfter before={5_000} after={5_750} />],
          ['Share', <Share value={3} of={4} />],
          [
            'Chips',
            <>
              <Chip>draft</Chip> <Chip tone="good">paid</Chip> <Chip tone="warn">due</Chip>{' '}
              <Chip tone="bad">overdue</Chip> <Chip tone="info">issued</Chip>
            </>,
          ],
        ]}
      />
    </Section>
  );
}

function Lists({ state }: { state: string | undefined }) {
  const rows = samples.filter((sample) => state === undefined || sample.state === state);
  return (
    <Section title="Lists" note="Sorted by a click on a head, filtered by the address.">
      <Tabs
        label="By state"
        name="state"
        tabs={[
          { value: '', label: 'All', note: '3' },
          { value: 'paid', label: 'Paid', note: '78.23' },
          { value: 'draft', label: 'Draft', note: '0.00' },
        ]}
      />
      <Filters
        keep={['state']}
        filters={[
          { name: 'q', label: 'Text', kind: 'text' },
          { name: 'period', label: 'Month', kind: 'period' },
        ]}
      />
      <DataTable
        caption="Sample invoices, AUD"
        columns={columns}
        rows={rows}
        rowKey={({ id }) => id}
        href={({ id }) => `/console/design?q=${id}`}
        groupOf={({ state: of }) => ({ key: of, head: of })}
        totals={{ total: <Money cents={rows.reduce((sum, { cents }) => sum + cents, 0)} /> }}
        empty={<Empty title={`No sample is ${state ?? ''}.`}>Choose another state.</Empty>}
      />
      <h3>With a drawer, in pages</h3>
      <DataTable
        caption="Samples that open"
        name="sampled"
        columns={columns}
        rows={samples}
        rowKey={({ id }) => `open-${id}`}
        below={({ state: of }) =>
          of === 'open' ? (
            <div class="drawer">
              <p>What opens below a row keeps to the window of its table.</p>
            </div>
          ) : null
        }
        nextCursor="sample"
        empty="None."
      />
      <h3>Without rows</h3>
      <DataTable
        caption="Samples that are drafts"
        name="none"
        columns={columns}
        rows={[]}
        rowKey={({ id }: Sample) => id}
        empty={<Empty title="No sample is a draft of April 2026.">Choose another month.</Empty>}
      />
    </Section>
  );
}

function Notices() {
  return (
    <Section title="Notices">
      <Notice tone="good" title="Paid">
        <p>The invoice is settled.</p>
      </Notice>
      <Notice tone="info">
        <p>Two lines were linked by rule.</p>
      </Notice>
      <Notice tone="warn" title="A reissue waits">
        <p>The provider changed the invoice.</p>
      </Notice>
      <Notice tone="bad" title="Not closed">
        <p>One line is unmatched.</p>
      </Notice>
      <Progress label="Rebuilding invoices" done={12_000} of={48_000} />
      <ol class="steps">
        <Step id="step-one" title="Preview" state="nothing left" tone="good">
          <p>A step that is done.</p>
        </Step>
        <Step id="step-two" title="Issue" state="5 to issue" tone="info">
          <p>The step that is next.</p>
        </Step>
      </ol>
    </Section>
  );
}

function Forms() {
  return (
    <Section title="Forms">
      <Columns>
        <GetForm action="/console/design" submit="Show what it does">
          <GetField name="q" label="Amount" value="100.00" figures required />
        </GetForm>
        <Disclosure summary={giveLink.title} open>
          <ActionForm action={giveLink} params={{ tenant_id: 'acme' }}>
            <p>The customer sees its own pages for one hour, and changes nothing.</p>
          </ActionForm>
        </Disclosure>
        <FormWithErrors />
      </Columns>
    </Section>
  );
}

function Charts() {
  return (
    <Section title="Charts">
      <Columns>
        <Bars
          title="Droplet hours by day"
          bars={days}
          unit="hours"
          limit={{ value: 15, text: 'allowance 15' }}
        />
        <Series
          title="Margin by month, AUD"
          labels={['2026-01', '2026-02', '2026-03', '2026-04']}
          lines={[
            { label: 'Revenue', values: [5_000, 6_100, 6_900, 7_112] },
            { label: 'Costs', values: [3_000, null, 3_100, 3_053] },
          ]}
        />
      </Columns>
    </Section>
  );
}

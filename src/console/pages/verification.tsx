import { z } from 'zod';
import { listVerificationsRoute, verificationRoute } from '../../http/routes/verifications.ts';
import type { AnswerOf } from '../answer-of.ts';
import { definePage } from '../page.ts';
import { EventLink } from '../parts/events-link.tsx';
import { duration, Live, took } from '../parts/live.tsx';
import { Empty, Notice, Progress } from '../parts/notice.tsx';
import { PageHead, Section } from '../parts/page-head.tsx';
import { DataTable, type Column } from '../parts/table.tsx';
import { Absent, Chip, Facts, Id, Instant } from '../parts/values.tsx';
import { useView } from '../view-context.ts';
import { counted } from '../../runtime/counted.ts';

type Row = AnswerOf<typeof listVerificationsRoute>['data'][number];
type Verification = AnswerOf<typeof verificationRoute>['data'];
type Result = NonNullable<Verification['result']>;
type Difference = Result['projections'][number]['differences'][number] & { projection: string };

const crumbs = [{ label: 'Projections', href: '/console/projections' }];
const whatOf = ({ projection }: Pick<Row, 'projection'>): string => projection ?? 'The whole ledger';

/** How a verification stands, in a word. */
function Standing({ run: { status, summary } }: { run: Pick<Row, 'status' | 'summary'> }) {
  if (status === 'running') return <Chip tone="info">running</Chip>;
  if (status !== 'completed' || summary === null) return <Chip tone="bad">{status}</Chip>;
  return summary.ok ? (
    <Chip tone="good">no difference</Chip>
  ) : (
    <Chip tone="bad">{counted(summary.differences, 'difference')}</Chip>
  );
}

const columns: readonly Column<Row>[] = [
  { key: 'what', label: 'What', cell: whatOf },
  { key: 'standing', label: 'Outcome', cell: (run) => <Standing run={run} /> },
  { key: 'began', label: 'Began', cell: ({ started_at }) => <Instant at={started_at} /> },
  {
    key: 'took',
    minor: true,
    label: 'Took',
    align: 'end',
    cell: ({ started_at, finished_at }) =>
      finished_at === null ? <Absent /> : <span class="num">{took(started_at, finished_at)}</span>,
  },
  { key: 'by', minor: true, label: 'Started by', cell: ({ actor }) => actor },
];

/** Verifications, latest first. */
export function VerificationTable({
  rows,
  nextCursor,
}: {
  rows: readonly Row[];
  nextCursor?: string | null;
}) {
  return (
    <DataTable
      caption="Verifications, times in UTC"
      columns={columns}
      rows={rows}
      rowKey={({ id }) => id}
      href={({ id }) => `/console/verifications/${id}`}
      nextCursor={nextCursor}
      empty={<Empty title="Nothing was verified from here in the last 90 days." />}
    />
  );
}

/** All verifications of 90 days. */
export const verificationsPage = definePage({
  path: '/console/verifications',
  access: 'admin',
  within: '/console/projections',
  query: z.strictObject({ cursor: z.string().optional() }),
  load: async ({ ask, query }) => ({ list: await ask(listVerificationsRoute, { query }) }),
  title: () => 'Verifications',
  view: ({ list }) => (
    <>
      <PageHead
        title="Verifications"
        lead="Of the last 90 days, started from here or by the API."
        crumbs={crumbs}
      />
      <VerificationTable rows={list.data} nextCursor={list.next_cursor} />
    </>
  ),
});

/** One verification: how far it is, then what it found. */
export const verificationPage = definePage({
  path: '/console/verifications/:id',
  access: 'admin',
  within: '/console/projections',
  load: async ({ ask, params }) => ({ run: (await ask(verificationRoute, { params })).data }),
  title: ({ run }) => `Verification: ${whatOf(run)}`,
  view: ({ run }) => (
    <>
      <PageHead
        title={run.projection === null ? 'Verification of the ledger' : `Verification of ${run.projection}`}
        crumbs={[...crumbs, { label: 'Verifications', href: '/console/verifications' }]}
      />
      <Live id="verification" running={run.status === 'running'}>
        <Outcome run={run} />
      </Live>
    </>
  ),
});

function Outcome({ run }: { run: Verification }) {
  const { now } = useView();
  const { status, step, done, total, per_second, seconds_left, result } = run;
  return (
    <>
      {status === 'running' && (
        <>
          <Progress label={step ?? 'Begins'} done={done} of={total === 0 ? null : total} />
          {total > 0 && (
            <p class="muted num">
              {per_second.toLocaleString('en')} a second
              {seconds_left !== null && `, ${duration(seconds_left)} left of this step`}
            </p>
          )}
        </>
      )}
      {run.error !== null && (
        <Notice tone="bad" title="It did not come to its end">
          <p>{run.error}</p>
        </Notice>
      )}
      {status === 'interrupted' && (
        <Notice tone="bad" title="Interrupted">
          <p>The process that ran it has ended. Nothing was changed; it can be started again.</p>
        </Notice>
      )}
      {run.summary !== null && <Summary ok={run.summary.ok} differences={run.summary.differences} />}
      <Facts
        items={[
          ['Outcome', <Standing run={run} />],
          ['Began', <Instant at={run.started_at} />],
          ['Took', took(run.started_at, run.finished_at ?? now)],
          ['Started by', run.actor],
          ['Run', <Id id={run.id} />],
        ]}
      />
      {result !== null && <Found result={result} />}
    </>
  );
}

function Summary({ ok, differences }: { ok: boolean; differences: number }) {
  return ok ? (
    <Notice tone="good" title="The ledger is what its events say">
      <p>No row, no invoice, no number and no document differs.</p>
    </Notice>
  ) : (
    <Notice tone="bad" title="The ledger is not what its events say">
      <p>
        {counted(differences, 'thing differs', 'things differ')}. A rebuild makes the rows of a read model
        right again; the events tell what they should be.
      </p>
    </Notice>
  );
}

function Found({ result }: { result: Result }) {
  const differences = result.projections.flatMap(({ name, differences: rows }) =>
    rows.map((row) => ({ ...row, projection: name })),
  );
  return (
    <>
      {differences.length > 0 && (
        <Section title="Rows that differ" note="The first hundred of each table.">
          <DataTable
            caption="Rows that differ from the events"
            columns={differenceColumns}
            rows={differences}
            rowKey={({ table, key }) => `${table}-${JSON.stringify(key)}`}
            empty=""
          />
        </Section>
      )}
      <OtherFaults result={result} />
      <ReadModels result={result} />
    </>
  );
}

const inWords: Record<Difference['difference'], string> = {
  changed: 'differs',
  missing: 'the events make it, the table lacks it',
  surplus: 'the table has it, the events do not make it',
};

const differenceColumns: readonly Column<Difference>[] = [
  {
    key: 'row',
    label: 'Row',
    wraps: true,
    cell: ({ table, key }) => (
      <>
        {table} <code>{keyText(key)}</code>
      </>
    ),
  },
  {
    key: 'difference',
    label: 'How',
    wraps: true,
    cell: ({ difference, columns: changed }) =>
      changed.length === 0 ? (
        inWords[difference]
      ) : (
        <ul>
          {changed.map(({ column, live, events }) => (
            <li>
              {column}: <del>{text(live)}</del> <ins>{text(events)}</ins>
            </li>
          ))}
        </ul>
      ),
  },
  {
    key: 'event',
    label: 'Last touched by',
    cell: ({ last_event }) =>
      last_event === null ? (
        <span class="muted">no event</span>
      ) : (
        <>
          <EventLink position={last_event.position} />{' '}
          <a href={`/console/journal?stream=${encodeURIComponent(last_event.stream)}`}>{last_event.type}</a>
        </>
      ),
  },
];

const text = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
const keyText = (key: Record<string, unknown>): string => Object.values(key).map(text).join(' ');

interface Fault {
  what: string;
  which: string;
  detail: string;
  href?: string;
}

/** What is wrong beside rows: the chain, invoices, numbers, documents, and read models that do not build. */
function faultsOf({ chain, projections, invoices, numbers, documents }: Result): Fault[] {
  const ofChain = chain?.fault ?? null;
  return [
    ...(ofChain === null
      ? []
      : [{ what: 'hash chain', which: `#${ofChain.position}`, detail: ofChain.detail }]),
    ...projections.flatMap(({ name, failure }) =>
      failure === null ? [] : [{ what: 'read model', which: name, detail: failure.reason }],
    ),
    ...(invoices?.differences ?? []).map(({ invoice_id, detail }) => ({
      what: 'invoice',
      which: invoice_id,
      detail,
      href: `/console/invoices/${invoice_id}`,
    })),
    ...(numbers?.faults ?? []).map(({ number, fault }) => ({ what: 'number', which: number, detail: fault })),
    ...(documents?.faults ?? []).map(({ number, form, fault }) => ({
      what: `${form} of a document`,
      which: number,
      detail: fault,
    })),
  ];
}

const faultColumns: readonly Column<Fault>[] = [
  { key: 'which', label: 'Which', cell: ({ which }) => which },
  { key: 'what', label: 'What', cell: ({ what }) => what },
  { key: 'detail', label: 'Why', wraps: true, cell: ({ detail }) => detail },
];

function OtherFaults({ result }: { result: Result }) {
  const faults = faultsOf(result);
  if (faults.length === 0) return null;
  return (
    <Section title="What else is wrong">
      <DataTable
        caption="Faults beside rows"
        columns={faultColumns}
        rows={faults}
        rowKey={({ what, which }) => `${what}-${which}`}
        href={({ href }) => href}
        empty=""
      />
    </Section>
  );
}

type Model = Result['projections'][number];
const rowsOf = ({ tables }: Model): number => tables.reduce((sum, { rows }) => sum + rows, 0);
const differingIn = ({ tables }: Model): number => tables.reduce((sum, { differing }) => sum + differing, 0);
const count = (value: number) => <span class="num">{value.toLocaleString('en')}</span>;

const modelColumns: readonly Column<Model>[] = [
  { key: 'name', label: 'Read model', cell: ({ name }) => name },
  {
    key: 'position',
    minor: true,
    label: 'Compared at',
    align: 'end',
    cell: ({ position }) => count(position),
  },
  { key: 'tables', minor: true, label: 'Tables', align: 'end', cell: ({ tables }) => count(tables.length) },
  { key: 'rows', label: 'Rows', align: 'end', cell: (model) => count(rowsOf(model)) },
  { key: 'differing', label: 'Differing', align: 'end', cell: (model) => count(differingIn(model)) },
];

/** What was checked, with counts. */
function ReadModels({ result: { chain, projections, invoices, numbers, documents } }: { result: Result }) {
  return (
    <Section title="What was checked">
      <div class="stack">
        <Facts
          items={[
            ...(chain === null
              ? []
              : ([
                  ['Events hashed again', count(chain.events)],
                  ['Hash at the end', <Id id={chain.hash} />],
                ] as const)),
            ...(invoices === null
              ? []
              : ([
                  ['Invoices derived again', count(invoices.issues)],
                  ['Notes derived again', count(invoices.corrections)],
                  ['Their lines', count(invoices.lines)],
                ] as const)),
            ...(numbers === null ? [] : ([['Numbers', count(numbers.numbers)]] as const)),
            ...(documents === null ? [] : ([['Stored documents', count(documents.forms)]] as const)),
          ]}
        />
        <DataTable
          caption="Read models that were compared"
          columns={modelColumns}
          rows={projections}
          rowKey={({ name }) => name}
          empty=""
        />
      </div>
    </Section>
  );
}

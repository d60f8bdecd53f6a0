import { z } from 'zod';
import { jobInputs, jobRunRoute, listRunsRoute } from '../../http/routes/jobs.ts';
import { runActionOf } from '../actions/jobs.ts';
import { definePage } from '../page.ts';
import { Filters } from '../parts/filters.tsx';
import { ActionForm } from '../parts/form.tsx';
import { took } from '../parts/live.tsx';
import { Disclosure, Empty, Notice } from '../parts/notice.tsx';
import { PageHead, Section } from '../parts/page-head.tsx';
import { RunProgress, type Run } from '../parts/run-progress.tsx';
import { DataTable, type Column } from '../parts/table.tsx';
import { capitalised, plainWords } from '../parts/words.ts';
import { Absent, Chip, Facts, Id, Instant } from '../parts/values.tsx';
import { useView } from '../view-context.ts';
import { inputText, RunInput, runTones } from './jobs.tsx';

const crumbs = [{ label: 'Jobs', href: '/console/jobs' }];

/** Runs of all jobs, latest first. */
export const jobRunsPage = definePage({
  path: '/console/jobs/runs',
  access: 'admin',
  within: '/console/jobs',
  query: z.strictObject({
    job: z.string().optional(),
    status: z.string().optional(),
    trigger: z.string().optional(),
    cursor: z.string().optional(),
    sort: z.string().optional(),
  }),
  load: async ({ ask, query: { sort: _sort, ...query } }) => ({ list: await ask(listRunsRoute, { query }) }),
  title: () => 'Runs of jobs',
  view: ({ list }) => (
    <>
      <PageHead title="Runs" lead="By hand and by the schedule, of the last 90 days." crumbs={crumbs} />
      <Filters
        filters={[
          {
            name: 'job',
            label: 'Job',
            kind: 'select',
            options: [
              { value: '', label: 'All' },
              ...jobInputs.map(({ name }) => ({ value: name, label: name })),
            ],
          },
          {
            name: 'status',
            label: 'Outcome',
            kind: 'select',
            options: choices(['running', 'completed', 'failed']),
          },
          { name: 'trigger', label: 'Started by', kind: 'select', options: choices(['hand', 'schedule']) },
        ]}
      />
      <DataTable
        caption="Runs, times in UTC"
        columns={columns}
        rows={list.data}
        rowKey={({ id }) => id}
        href={({ id }) => `/console/jobs/runs/${id}`}
        nextCursor={list.next_cursor}
        empty={<Empty title="No run is like this.">Choose another job or outcome.</Empty>}
      />
    </>
  ),
});

const choices = (values: readonly string[]) => [
  { value: '', label: 'All' },
  ...values.map((value) => ({ value, label: value })),
];

const columns: readonly Column<Run>[] = [
  { key: 'job', label: 'Job', sort: ({ job }) => job, cell: ({ job }) => job },
  {
    key: 'status',
    label: 'Outcome',
    sort: ({ status }) => status,
    cell: ({ status }) => <Chip tone={runTones[status] ?? 'plain'}>{status}</Chip>,
  },
  {
    key: 'began',
    label: 'Began',
    sort: ({ started_at }) => started_at,
    cell: ({ started_at }) => <Instant at={started_at} />,
  },
  {
    key: 'input',
    label: 'Input',
    minor: true,
    wraps: true,
    cell: ({ input }) => <RunInput input={input} />,
  },
  {
    key: 'took',
    label: 'Took',
    align: 'end',
    sort: ({ started_at, finished_at }) =>
      finished_at === null ? null : Date.parse(finished_at) - Date.parse(started_at),
    cell: ({ started_at, finished_at }) =>
      finished_at === null ? <Absent /> : <span class="num">{took(started_at, finished_at)}</span>,
  },
  {
    key: 'by',
    minor: true,
    label: 'Started by',
    cell: ({ trigger, actor }) => (trigger === 'hand' ? actor : 'schedule'),
  },
  {
    key: 'attempt',
    minor: 'tablet',
    label: 'Attempt',
    align: 'end',
    cell: ({ attempt, attempts }) => (
      <span class="num">
        {attempt} of {attempts}
      </span>
    ),
  },
];

/** One run: its progress while it runs, then its result or its error. */
export const jobRunPage = definePage({
  path: '/console/jobs/runs/:id',
  access: 'admin',
  within: '/console/jobs',
  load: async ({ ask, params }) => ({ run: (await ask(jobRunRoute, { params })).data }),
  title: ({ run }) => `Run of ${run.job}`,
  view: ({ run }) => (
    <>
      <PageHead
        title={run.job}
        lead={inputText(run.input) === '' ? undefined : <RunInput input={run.input} />}
        crumbs={[...crumbs, { label: 'Runs', href: `/console/jobs/runs?job=${run.job}` }]}
      >
        <a href={`/console/journal?correlation_id=${run.id}`}>Its events</a>
      </PageHead>
      <RunProgress run={run} />
      <Outcome run={run} />
      {run.status !== 'running' && <RunAgain run={run} />}
    </>
  ),
});

function Outcome({ run }: { run: Run }) {
  const { status, started_at, finished_at } = run;
  return (
    <>
      {run.error !== null && (
        <Notice tone="bad" title="It failed">
          <p>{run.error}</p>
        </Notice>
      )}
      <Facts
        items={[
          ['Outcome', <Chip tone={runTones[status] ?? 'plain'}>{status}</Chip>],
          ['Began', <Instant at={started_at} />],
          ['Ended', <Instant at={finished_at} />],
          ['Took', finished_at === null ? <Absent /> : took(started_at, finished_at)],
          ['Started by', run.trigger === 'hand' ? `${run.actor}, by hand` : 'the schedule'],
          ['Attempt', `${run.attempt} of ${run.attempts}`],
          ['Run', <Id id={run.id} />],
        ]}
      />
      {run.result !== null && (
        <Section title="Result">
          <Result value={run.result} />
        </Section>
      )}
    </>
  );
}

/** A result: its plain members as facts, and all of it where it has more. */
function Result({ value }: { value: unknown }) {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  const members = isObject ? Object.entries(value) : [];
  const plain = members.filter(([, member]) => typeof member !== 'object' || member === null);
  const rest = isObject && plain.length === members.length ? null : value;
  return (
    <>
      {plain.length > 0 && (
        <Facts
          items={plain.map(([name, member]) => [
            capitalised(plainWords(name)),
            member === null ? <Absent /> : String(member),
          ])}
        />
      )}
      {rest !== null && (
        <Disclosure summary="All of it, as the API answers it" open={plain.length === 0}>
          <pre>{JSON.stringify(rest, null, 2)}</pre>
        </Disclosure>
      )}
    </>
  );
}

function RunAgain({ run }: { run: Run }) {
  const { session } = useView();
  if (session?.readOnly !== false || !jobInputs.some(({ name }) => name === run.job)) return null;
  return (
    <Section title="Again">
      <ActionForm
        action={runActionOf(run.job)}
        params={{ name: run.job }}
        values={run.input as Record<string, string>}
        submit="Run again"
      >
        <p>A second run with the same input changes nothing that the first one has done.</p>
      </ActionForm>
    </Section>
  );
}

import { z } from 'zod';
import { listJobsRoute } from '../../http/routes/jobs.ts';
import { runActionOf } from '../actions/jobs.ts';
import type { AnswerOf } from '../answer-of.ts';
import { definePage } from '../page.ts';
import { ActionForm } from '../parts/form.tsx';
import { Disclosure, Notice } from '../parts/notice.tsx';
import { Live } from '../parts/live.tsx';
import { PageHead, Section } from '../parts/page-head.tsx';
import { DataTable, type Column } from '../parts/table.tsx';
import { Absent, Chip, Id, Instant, type Tone } from '../parts/values.tsx';
import { plainWords } from '../parts/words.ts';
import { useView } from '../view-context.ts';

type Job = AnswerOf<typeof listJobsRoute>['data'][number];
type DeadRun = Job['dead'][number] & { job: string };

/** What a state of a run is shown as. */
export const runTones: Record<string, Tone> = {
  running: 'info',
  completed: 'good',
  failed: 'bad',
  interrupted: 'bad',
};

/** The input of a run, its ids as those that copy. */
export function RunInput({ input }: { input: unknown }) {
  const members = membersOf(input);
  if (members.length === 0) return <Absent />;
  return (
    <>
      {members.map(([name, value], at) => (
        <>
          {at > 0 && ', '}
          {plainWords(name)} {value !== true && <InputValue value={String(value)} />}
        </>
      ))}
    </>
  );
}

const InputValue = ({ value }: { value: string }) =>
  /^[0-9a-f-]{36}$/.test(value) ? <Id id={value} /> : <>{value}</>;

function membersOf(input: unknown): [name: string, value: unknown][] {
  if (typeof input !== 'object' || input === null) return [];
  return Object.entries(input).filter(([, value]) => value !== false && value !== null);
}

/** The input of a run in words: `day 2026-04-01`; nothing where there is none. */
export function inputText(input: unknown): string {
  return membersOf(input)
    .map(([name, value]) => (value === true ? plainWords(name) : `${plainWords(name)} ${String(value)}`))
    .join(', ');
}

/** Every job: when it runs next, what holds it, how it went, and a form to run it. */
export const jobsPage = definePage({
  path: '/console/jobs',
  access: 'admin',
  nav: { group: 'Ledger', label: 'Jobs' },
  query: z.strictObject({ job: z.string().optional(), sort: z.string().optional() }),
  load: async ({ ask }) => ({ jobs: (await ask(listJobsRoute, { query: { limit: '500' } })).data }),
  title: () => 'Jobs',
  view: ({ jobs }, { query }) => <Jobs jobs={jobs} open={query.job} />,
});

function Jobs({ jobs, open }: { jobs: readonly Job[]; open: string | undefined }) {
  const { draft } = useView();
  const isOpen = ({ name }: Job): boolean => name === open || draft?.action === runActionOf(name).name;
  // A form that is being filled in is not taken away.
  const isRunning = jobs.some(({ last_run }) => last_run?.status === 'running');
  const held = jobs.filter(({ waiting_for }) => waiting_for !== null);
  const dead = jobs.flatMap((job) => job.dead.map((run) => ({ ...run, job: job.name })));
  const isScheduled = jobs.some(({ scheduled }) => scheduled);
  return (
    <>
      <PageHead
        title="Jobs"
        lead="What runs by itself and can be run by hand. Times are UTC. A run that is repeated changes nothing more."
      >
        <a href="/console/jobs/runs">All runs</a>
      </PageHead>
      {!isScheduled && (
        <Notice tone="warn" title="Nothing runs by the schedule">
          <p>No worker has confirmed the schedule within three minutes. Jobs can be run by hand.</p>
        </Notice>
      )}
      {held.map((job) => (
        <HeldBack job={job} />
      ))}
      {dead.length > 0 && <DeadRuns runs={dead} />}
      <Section title="All jobs">
        <Live id="jobs" quiet running={isRunning && !jobs.some(isOpen)}>
          <DataTable
            caption="Jobs, times in UTC"
            columns={columns}
            rows={jobs}
            rowKey={({ name }) => name}
            href={({ name }) => (name === open ? '/console/jobs' : `?job=${name}#row-${name}`)}
            below={(job) => (isOpen(job) ? <OpenJob job={job} /> : null)}
            empty="There are no jobs."
          />
        </Live>
      </Section>
    </>
  );
}

function HeldBack({ job: { name, waiting_for, held_by } }: { job: Job }) {
  const period = held_by.map(({ link }) => /period=(\d{4}-\d{2})/.exec(link)?.[1]).find(Boolean);
  return (
    <Notice tone="warn" title={`${name} is held back`}>
      <p>{waiting_for}</p>
      {held_by.length > 0 && (
        <ul>
          {held_by.map(({ item, status, detail }) => (
            <li>
              <Chip tone={status === 'blocks' ? 'bad' : 'warn'}>{status}</Chip> {item.replaceAll('_', ' ')}:{' '}
              {detail}
            </li>
          ))}
        </ul>
      )}
      {period !== undefined && (
        <p>
          <a href={`/console/close?period=${period}`}>The close list of {period}</a>
        </p>
      )}
    </Notice>
  );
}

function DeadRuns({ runs }: { runs: readonly DeadRun[] }) {
  const columnsOfDead: readonly Column<DeadRun>[] = [
    { key: 'job', label: 'Job', cell: ({ job }) => job },
    { key: 'input', label: 'Input', wraps: true, cell: ({ input }) => <RunInput input={input} /> },
    { key: 'at', label: 'Given up', cell: ({ at }) => <Instant at={at} /> },
    { key: 'attempts', minor: true, label: 'Attempts', align: 'end', cell: ({ attempts }) => attempts },
    { key: 'error', label: 'Error', wraps: true, cell: ({ error }) => error },
    { key: 'retry', label: 'Retry', cell: (run) => <Retry run={run} /> },
  ];
  return (
    <Section
      title="Given up"
      id="dead"
      note="The schedule does not try these again. Each stays here until a run with the same input completes."
    >
      <DataTable
        caption="Runs that the schedule has given up"
        columns={columnsOfDead}
        rows={runs}
        rowKey={({ run_id }) => run_id}
        href={({ run_id }) => `/console/jobs/runs/${run_id}`}
        empty="Nothing was given up."
      />
    </Section>
  );
}

function Retry({ run: { job, input } }: { run: DeadRun }) {
  const { session } = useView();
  if (session?.readOnly !== false) return <Absent />;
  return (
    <Disclosure summary="Retry">
      <ActionForm
        action={runActionOf(job)}
        params={{ name: job }}
        values={input as Record<string, string>}
        submit="Run again"
      >
        <p>Runs {job} once more with this input, by hand.</p>
      </ActionForm>
    </Disclosure>
  );
}

const columns: readonly Column<Job>[] = [
  { key: 'name', label: 'Job', sort: ({ name }) => name, cell: ({ name }) => name },
  {
    key: 'next',
    label: 'Next run',
    sort: ({ next_run_at }) => next_run_at,
    cell: ({ cron, scheduled, next_run_at }) =>
      cron === null ? (
        <span class="muted">queued by others</span>
      ) : scheduled && next_run_at !== null ? (
        <Instant at={next_run_at} />
      ) : (
        <span class="muted">not scheduled</span>
      ),
  },
  { key: 'last', label: 'Last run', cell: (job) => <LastRun job={job} /> },
  {
    key: 'at',
    minor: true,
    label: 'Began',
    sort: ({ last_run }) => last_run?.started_at ?? null,
    cell: ({ last_run }) => <Instant at={last_run?.started_at} />,
  },
  {
    key: 'queued',
    minor: true,
    label: 'Queued',
    align: 'end',
    sort: ({ queued }) => queued,
    cell: ({ queued }) => queued,
  },
  {
    key: 'dead',
    label: 'Given up',
    align: 'end',
    sort: ({ dead }) => dead.length,
    cell: ({ dead }) => (dead.length === 0 ? 0 : <a href="#dead">{dead.length}</a>),
  },
];

function LastRun({ job: { last_run, waiting_for } }: { job: Job }) {
  return (
    <>
      {last_run === null ? (
        <span class="muted">never</span>
      ) : (
        <a href={`/console/jobs/runs/${last_run.id}`}>
          <Chip tone={runTones[last_run.status] ?? 'plain'}>{last_run.status}</Chip>
        </a>
      )}{' '}
      {last_run?.status === 'running' && last_run.progress !== null && (
        <span class="num muted">
          {last_run.progress.done} of {last_run.progress.total}
        </span>
      )}{' '}
      {waiting_for !== null && <Chip tone="warn">held</Chip>}
    </>
  );
}

/** What opens below a job: what it does, its last error, and the form to run it. */
function OpenJob({ job }: { job: Job }) {
  const action = runActionOf(job.name);
  const { summary, cron, queue, last_error } = job;
  return (
    <div class="drawer">
      <p>
        {summary}.{' '}
        <span class="muted">
          Queue <code>{queue}</code>
          {cron !== null && (
            <>
              , schedule <code>{cron}</code>
            </>
          )}
          .
        </span>{' '}
        <a href={`/console/jobs/runs?job=${job.name}`}>Its runs</a>
      </p>
      {last_error !== null && (
        <p>
          Its last failure, <Instant at={last_error.at} />:{' '}
          <a href={`/console/jobs/runs/${last_error.run_id}`}>{last_error.error}</a>
        </p>
      )}
      <ActionForm action={action} params={{ name: job.name }}>
        <p>
          Runs the same code as the schedule, once, now. By hand nothing is waited for
          {job.waiting_for === null ? '.' : `: not even that ${job.waiting_for}`}
        </p>
      </ActionForm>
    </div>
  );
}

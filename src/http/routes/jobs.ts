import { z } from 'zod';
import type { Job } from '../../jobs/job.ts';
import { jobs as jobTable } from '../../jobs/jobs.ts';
import type { DeadRun, StoredRun } from '../../jobs/job-runner.ts';
import type { JobSchedule } from '../../jobs/schedule-store.ts';
import { foundOr404 } from '../caller.ts';
import { closeItemAnswer } from './close-answer.ts';
import { createSchemaRegistry } from '../json-schema.ts';
import { defineRoute } from '../route.ts';
import { idSchema, instantSchema, list, one, pageQuery } from '../schemas.ts';

const tag = 'jobs';
const runStatus = z.enum(['running', 'completed', 'failed']);
const progress = z.strictObject({ done: z.int(), total: z.int(), note: z.string().nullable() });

const jobRow = z.strictObject({
  name: z.string(),
  queue: z.string(),
  cron: z.string().nullable(),
  summary: z.string(),
  input: z.record(z.string(), z.json()).meta({ description: 'The JSON Schema of what a run takes' }),
  scheduled: z.boolean(),
  next_run_at: instantSchema.nullable(),
  queued: z.int(),
  waiting_for: z.string().nullable(),
  held_by: z.array(closeItemAnswer),
  last_run: z
    .strictObject({
      id: z.string(),
      status: runStatus,
      started_at: instantSchema,
      finished_at: instantSchema.nullable(),
      result: z.json(),
      progress: progress.nullable(),
    })
    .nullable(),
  last_error: z.strictObject({ run_id: z.string(), error: z.string(), at: instantSchema }).nullable(),
  dead: z.array(
    z.strictObject({
      run_id: z.string(),
      input: z.json(),
      error: z.string(),
      at: instantSchema,
      attempts: z.int(),
    }),
  ),
});

/** The recorded runs and the schedule of a job. */
interface JobRecord {
  last: StoredRun | undefined;
  failed: StoredRun | undefined;
  schedule: JobSchedule | undefined;
  dead: DeadRun[] | undefined;
}

const unscheduled: JobSchedule = {
  scheduled: false,
  next_run_at: null,
  queued: 0,
  waiting_for: null,
  held_by: [],
};

/** What a run of a job takes, as a JSON Schema. */
function inputSchema({ input }: Job): Record<string, unknown> {
  return createSchemaRegistry().schema(input, 'input');
}

/** Every job of the table with the JSON Schema of its input, for forms. */
export const jobInputs = jobTable.map((job) => ({
  name: job.name,
  summary: job.summary,
  input: inputSchema(job),
}));

function showJob(job: Job, { last, failed, schedule = unscheduled, dead = [] }: JobRecord) {
  const { name, queue, cron, summary } = job;
  return {
    name,
    queue,
    cron,
    summary,
    input: inputSchema(job),
    ...schedule,
    last_run:
      last === undefined
        ? null
        : {
            id: last.id,
            status: last.status,
            started_at: last.started_at,
            finished_at: last.finished_at,
            result: last.result,
            progress: last.progress,
          },
    last_error:
      failed === undefined
        ? null
        : {
            run_id: failed.id,
            error: failed.error ?? 'unknown',
            at: failed.finished_at ?? failed.started_at,
          },
    dead,
  };
}

/** Every job. */
export const listJobsRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/jobs',
  tag,
  summary: 'Every job with its schedule (UTC), its last run and its last error',
  description: [
    '`scheduled` says whether the schedule is in force: a worker has renewed it within the last three ' +
      'minutes. Every job can be run by hand; `cron` is null for one that others queue.',
    '`queued` counts the runs that wait or are under way, `waiting_for` says why the oldest that is ' +
      'held back has to wait. `held_by` are the items of the close list that block it, and those that warn.',
    '`dead` are the inputs that the schedule has given up on after its last attempt, and that no run ' +
      'has completed since.',
  ].join(' '),
  access: 'admin',
  query: z.strictObject({ ...pageQuery }),
  response: list(jobRow),
  async handle({ page: { after, limit, of } }, { jobs }) {
    const [{ last, lastFailed }, { schedules, dead }] = await Promise.all([jobs.latest(), jobs.schedule()]);
    const previous = after(z.tuple([z.string()]))?.[0];
    const start = previous === undefined ? 0 : jobs.jobs.findIndex((job) => job.name === previous) + 1;
    const rows = jobs.jobs.slice(start, start + limit + 1).map((job) =>
      showJob(job, {
        last: last.get(job.name),
        failed: lastFailed.get(job.name),
        schedule: schedules.get(job.name),
        dead: dead.get(job.name),
      }),
    );
    return { body: of(rows as z.output<typeof jobRow>[], (row) => [row.name]) };
  },
});

const runAnswer = z.strictObject({
  run_id: z.string(),
  job: z.string(),
  status: runStatus,
  result: z.json(),
  error: z.string().nullable(),
});

function showOutcome({ id, job, status, result, error }: StoredRun) {
  return { data: { run_id: id, job, status, result: result as z.output<typeof runAnswer>['result'], error } };
}

/** A run of a job by hand. */
export const runJobRoute = defineRoute({
  method: 'POST',
  path: '/api/v1/jobs/:name/run',
  tag,
  summary: 'Run a job by hand: the same code as the schedule runs',
  description: [
    "The body is the job's input: `metering.day` takes `{day}`, `invoices.rollup` `{period, " +
      'tenant_id?, force?}`, `billing.ingest_invoice` `{invoice_uuid}`, the others nothing.',
    'Answers when the job is done; a job that failed is an answer with status `failed` and the reason. ' +
      'With `async: true` it answers 202 at once, and `GET jobs/runs/:id` shows how it went.',
  ].join(' '),
  access: 'admin',
  body: z
    .looseObject({ async: z.boolean().default(false) })
    .meta({ examples: [{}, { day: '2026-04-01' }, { period: '2026-04', async: true }] }),
  response: one(runAnswer),
  status: [200, 202],
  async handle(
    { params: { name }, body: { async: inBackground, ...input }, meta: { actor } },
    { jobs, ledger },
  ) {
    if (inBackground) {
      const { run, finished } = await jobs.start(name, input, { actor });
      // The run's record says how it ended; this request does not wait for it.
      finished.catch(() => undefined);
      return { body: showOutcome(run), status: 202 };
    }
    const run = await jobs.run(name, input, { actor });
    return { body: showOutcome(run), position: await ledger.position() };
  },
});

const storedRun = z.strictObject({
  id: z.string(),
  job: z.string(),
  input: z.json(),
  actor: z.string(),
  status: runStatus,
  result: z.json(),
  error: z.string().nullable(),
  trigger: z.enum(['hand', 'schedule']),
  attempt: z.int(),
  attempts: z.int(),
  progress: progress.nullable(),
  started_at: instantSchema,
  finished_at: instantSchema.nullable(),
});

/** Runs of all jobs, or of one. */
export const listRunsRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/jobs/runs',
  tag,
  summary: 'Runs of jobs, by hand and by the schedule, latest first',
  access: 'admin',
  query: z.strictObject({
    ...pageQuery,
    job: idSchema.optional(),
    status: runStatus.optional(),
    trigger: z.enum(['hand', 'schedule']).optional(),
  }),
  response: list(storedRun),
  async handle({ query: { job, status, trigger }, page: { after, limit, of } }, { jobs }) {
    const last = after(z.tuple([instantSchema, z.string()]));
    const rows = await jobs.list({ job, status, trigger }, { after: last, limit: limit + 1 });
    return { body: of(rows as z.output<typeof storedRun>[], ({ started_at, id }) => [started_at, id]) };
  },
});

/** One run. */
export const jobRunRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/jobs/runs/:id',
  tag,
  summary: 'One run of a job',
  access: 'admin',
  params: z.strictObject({ id: idSchema }),
  response: one(storedRun),
  async handle({ params }, { jobs }) {
    return { body: { data: foundOr404(await jobs.find(params.id), 'run') } };
  },
});

/** Jobs by hand, and their runs. */
export const jobRoutes = [listJobsRoute, runJobRoute, listRunsRoute, jobRunRoute];

/** What a service does by itself in a night, by its own schedule: the jobs that tick, and what they queue. */
import { createMailClient } from '../../../src/mail/mail-client.ts';
import { createDigitalOceanClient } from '../../../src/digitalocean/client.ts';
import { correlated } from '../../../src/jobs/correlated.ts';
import type { Job } from '../../../src/jobs/job.ts';
import { createJobRunner, type JobRunner } from '../../../src/jobs/job-runner.ts';
import { jobs } from '../../../src/jobs/jobs.ts';
import { createScheduleStore, type QueuedRun, type ScheduleStore } from '../../../src/jobs/schedule-store.ts';
import { nextTick, scheduledJobs, type ScheduledJob } from '../../../src/jobs/scheduled-jobs.ts';
import { defaultLimits } from '../../../src/ledger/command.ts';
import { randomId } from '../../../src/ledger/ids.ts';
import { openLedger, type OpenLedger } from '../../../src/open-ledger.ts';
import { openJournalAsLog } from '../../../src/open-log.ts';
import { openPersonalData } from '../../../src/personal/open-personal-data.ts';
import { deliveryDeps } from '../../../src/processes/deliveries/open-deliveries.ts';
import { sendDue } from '../../../src/processes/deliveries/send-due.ts';
import { freezeDocument } from '../../../src/processes/documents/freeze-document.ts';
import { settleAll } from '../../../src/processes/documents/settler.ts';
import type { ProcessDeps, ProcessRun } from '../../../src/processes/process.ts';
import { silentLogger } from '../../../src/runtime/logger.ts';
import { fixedClock } from '../ledger/fixed-clock.ts';
import { testMasterKey } from '../ledger/test-master-key.ts';
import type { Night, NightsLife } from './nights-life.ts';

/** The jobs of a night, when each ticks, and the jobs that it queues. */
const timetable: readonly [at: string, job: string, queues?: string][] = [
  ['01:10', 'metering.day'],
  ['02:23', 'billing.history', 'billing.ingest_invoice'],
  ['03:00', 'invoices.rollup'],
  ['03:40', 'invoices.correct'],
  ['04:10', 'lifecycle.day'],
  ['04:20', 'invoices.send'],
];

/** The most attempts at a run. */
const attempts = 5;

/** A service whose nights are worked one by one, without Redis: the rest of the schedule is the real one. */
export class Nights {
  private readonly open: OpenLedger;
  private readonly deps: ProcessDeps;
  private readonly clock: ReturnType<typeof fixedClock>;
  private readonly store: ScheduleStore;
  private readonly runner: JobRunner;
  private readonly jobs: ReadonlyMap<string, Job>;
  private readonly scheduled: readonly ScheduledJob[];
  private readonly say: (step: string) => void;

  private constructor(
    open: OpenLedger,
    deps: ProcessDeps,
    clock: ReturnType<typeof fixedClock>,
    say: (step: string) => void,
  ) {
    this.open = open;
    this.deps = deps;
    this.clock = clock;
    this.say = say;
    const table = jobs.map(withoutPages).map(correlated);
    this.jobs = new Map(table.map((job) => [job.name, job]));
    this.store = createScheduleStore(open.sql);
    this.runner = createJobRunner(table, deps, open.sql);
    this.scheduled = scheduledJobs(table, deps);
  }

  /** Opens the ledger with its jobs, as a worker has them. @param say is called at every step */
  static async open(life: NightsLife, say: (step: string) => void): Promise<Nights> {
    const clock = fixedClock(life.now);
    const open = await openLedger({
      ...{ target: life.target, leave: async () => undefined, isEmbedded: false },
      ...{ openLog: openJournalAsLog, clock, newId: randomId, logger: silentLogger },
      ...{ currency: 'AUD', limits: defaultLimits },
    });
    return new Nights(open, outsideOf(life, open, clock), clock, say);
  }

  /** Works the night that a day begins with. What an earlier night left is done first. */
  async work(day: string): Promise<Night> {
    const night: Night = { day, runs: [], held: [] };
    const at = (time: string) => this.clock.set(`${day}T${time}:00.000Z`);
    at('00:30');
    await this.settle();
    for (const [time, name, queues] of timetable) {
      const job = this.scheduled.find((one) => one.name === name);
      if (job === undefined) continue;
      // The provider's invoices come in the first days of a month.
      if (name === 'billing.history' && day.slice(8) > '08') continue;
      at(time);
      await this.tick(job);
      for (const one of [name, queues]) {
        const queued = (await this.store.queued()).filter((run) => run.job === one);
        for (const run of queued) await this.attempt(run, night);
      }
    }
    return night;
  }

  private async settle(): Promise<void> {
    this.say('settle');
    while (await settleAll(this.deps));
  }

  /** Takes a tick of a job's schedule, if one has come since the last that was taken. */
  private async tick(job: ScheduledJob): Promise<void> {
    const now = new Date(this.open.ledger.now());
    const until = (await this.store.tickedUntil()).get(job.name);
    if (until === undefined) await this.store.begin([job.name], new Date(now.getTime() - 1));
    else if (nextTick(job.cron, until) > now) return;
    const inputs = job.due === undefined ? [{}] : await job.due(this.deps);
    const parsed = inputs.map((input) => this.runner.parse(job.name, input));
    await this.store.tick(job.name, now, nextTick(job.cron, now), parsed);
  }

  /** Makes an attempt at a queued run, as a worker does. */
  private async attempt({ id, job: name, input, run_id, failed_attempts }: QueuedRun, night: Night) {
    if (run_id !== null) {
      await this.runner.recordInterruption(run_id, false);
      await this.store.interrupted(id);
    }
    const held = (await this.jobs.get(name)?.heldBack?.(input, this.deps)) ?? null;
    if (held !== null) {
      await this.store.held(id, held, new Date(this.open.ledger.now()));
      const blocking = held.held_by.filter(({ status }) => status === 'blocks');
      const { period } = input as { period: string };
      night.held.push({ period, blocked_by: blocking.map(({ item }) => item) });
      return;
    }
    const about = `${name} ${JSON.stringify(input)}`;
    this.say(about);
    const { run, outcome } = await this.runner.attempt(name, input, {
      attempt: failed_attempts + 1,
      attempts,
      onStart: (runId) => this.store.started(id, runId),
      queue: async (queued, of) => {
        await this.store.enqueue(queued, this.runner.parse(queued, of));
      },
    });
    if (outcome !== 'completed') throw new Error(`${about}: ${outcome}: ${run.error}`);
    await this.store.ended(id);
    night.runs.push(about);
  }
}

/** What the jobs work with. The provider's client makes its pauses by moving the clock. */
function outsideOf(
  { smtpUrl, digitalOcean: { url: baseUrl, token } }: NightsLife,
  { ledger, sql }: OpenLedger,
  clock: ReturnType<typeof fixedClock>,
): ProcessDeps {
  const now = () => clock.now();
  return {
    ledger,
    personal: openPersonalData({ sql, masterKey: testMasterKey, now }),
    mail: createMailClient({ url: smtpUrl, from: 'Skyai <billing@seller.example>' }),
    digitalOcean: createDigitalOceanClient({
      ...{ baseUrl, token, random: () => 0.5 },
      clock: { now: () => Date.parse(now()) },
      sleep: async (milliseconds) => clock.advance(milliseconds),
    }),
    finance: null,
    ...{ autoSend: true, autoCorrect: true, financeAr: false },
    ...{ tax: { name: 'GST', rate: '0.10' }, retentionYears: 5 },
    lifecycle: { dunningDays: 14, suspendDays: 30 },
    logger: silentLogger,
  };
}

/** Mailing draws no page: the fonts and the thread for it would take longer than all else. */
function withoutPages(job: Job): Job {
  if (job.name !== 'invoices.send') return job;
  return {
    ...job,
    run: (_input, deps, run: ProcessRun) =>
      sendDue(
        {
          ...deliveryDeps(deps),
          async documentOf(subject_id, issue_no, meta) {
            const { view } = await freezeDocument(deps, { kind: 'invoice', subject_id, issue_no }, meta);
            if (view.kind === 'receipt') throw new Error('the document of an invoice is no receipt');
            return { view, pdf: Buffer.from('%PDF-1.7') };
          },
        },
        { unsent: deps.autoSend },
        run,
      ),
  };
}

import { Counter, Gauge, Histogram } from 'prom-client';
import type { Logger } from '../runtime/logger.ts';
import type { JobRunner, StoredRun } from '../jobs/job-runner.ts';
import { slow, type Metrics } from './metrics.ts';

/** What started a run: the schedule, the command line, or a request. */
type Trigger = 'schedule' | 'cli' | 'api';

/** A runner that counts runs by job, trigger and outcome, and logs how each of them ended. */
export function measureJobs(runner: JobRunner, { registry }: Metrics, logger: Logger): JobRunner {
  const registers = [registry];
  const runs = new Counter({
    name: 'arcadia_job_runs_total',
    help:
      'Runs of jobs on this process by job, trigger and outcome: completed, failed, dead (the ' +
      'schedule gives up) or handed-back',
    labelNames: ['job', 'trigger', 'outcome'] as const,
    registers,
  });
  const seconds = new Histogram({
    name: 'arcadia_job_run_duration_seconds',
    help: 'Time that a run of a job took',
    labelNames: ['job'] as const,
    buckets: slow,
    registers,
  });
  const underWay = new Gauge({
    name: 'arcadia_job_runs_in_progress',
    help: 'Runs of jobs that are under way on this process',
    labelNames: ['job'] as const,
    registers,
  });
  const known = new Set(runner.jobs.map(({ name }) => name));
  const byHand = (sub: string): Trigger => (sub.startsWith('cli:') ? 'cli' : 'api');

  async function watch<T extends { run: StoredRun; outcome: string }>(
    job: string,
    trigger: Trigger,
    ended: Promise<T>,
  ): Promise<T> {
    // The name of an unknown job must not become a label.
    if (!known.has(job)) return ended;
    const start = performance.now();
    underWay.inc({ job });
    try {
      const result = await ended;
      const took = (performance.now() - start) / 1000;
      const { run, outcome } = result;
      runs.inc({ job, trigger, outcome });
      seconds.observe({ job }, took);
      logger.info(
        {
          job,
          run_id: run.id,
          correlation_id: run.id,
          trigger,
          outcome,
          seconds: Math.round(took * 1000) / 1000,
        },
        'job run',
      );
      return result;
    } finally {
      underWay.dec({ job });
    }
  }
  const outcomeOf = (run: StoredRun) => ({ run, outcome: run.status });

  return {
    ...runner,
    run: async (name, input, options) =>
      (await watch(name, byHand(options.actor.sub), runner.run(name, input, options).then(outcomeOf))).run,
    async start(name, input, options) {
      const { run, finished } = await runner.start(name, input, options);
      return {
        run,
        finished: watch(name, byHand(options.actor.sub), finished.then(outcomeOf)).then((ended) => ended.run),
      };
    },
    attempt: (name, input, options) => watch(name, 'schedule', runner.attempt(name, input, options)),
  };
}

import { Counter, Gauge, Histogram } from 'prom-client';
import { currentCorrelation } from '../engine/correlation.ts';
import type { Logger } from '../engine/logger.ts';
import { jobActor, type JobRunner, type RunOptions, type StoredRun } from '../jobs/job-runner.ts';
import { slow, type Metrics } from './metrics.ts';

/** Who had a job run: the schedule (or a job of the schedule), the command line, or somebody over HTTP. */
function triggerOf({ actor: { sub } }: RunOptions): 'schedule' | 'cli' | 'api' {
  if (sub.startsWith('job:') || sub.startsWith('schedule')) return 'schedule';
  return sub.startsWith('cli:') ? 'cli' : 'api';
}

/** A runner that counts runs by job, trigger and outcome, and says in the log how each of them ended. */
export function measureJobs(runner: JobRunner, { registry }: Metrics, logger: Logger): JobRunner {
  const registers = [registry];
  const runs = new Counter({ name: 'arcadia_job_runs_total', help: 'Runs of jobs on this process by job, trigger and outcome: completed or failed', labelNames: ['job', 'trigger', 'outcome'] as const, registers });
  const seconds = new Histogram({ name: 'arcadia_job_run_duration_seconds', help: 'Time that a run of a job took', labelNames: ['job'] as const, buckets: slow, registers });
  const underWay = new Gauge({ name: 'arcadia_job_runs_in_progress', help: 'Runs of jobs that are under way on this process', labelNames: ['job'] as const, registers });
  const known = new Set(runner.jobs.map(({ name }) => name));

  async function watch(job: string, options: RunOptions, finished: Promise<StoredRun>): Promise<StoredRun> {
    const start = performance.now();
    const trigger = triggerOf(options);
    const causedBy = currentCorrelation();
    underWay.inc({ job });
    try {
      const run = await finished;
      const took = (performance.now() - start) / 1000;
      runs.inc({ job, trigger, outcome: run.status });
      seconds.observe({ job }, took);
      logger.info({ job, run_id: run.id, correlation_id: run.id, ...(causedBy === undefined ? {} : { requested_by: causedBy }), trigger, status: run.status, seconds: Math.round(took * 1000) / 1000 }, 'job run');
      return run;
    } finally {
      underWay.dec({ job });
    }
  }

  return {
    ...runner,
    run: (name, input, options) => (known.has(name) ? watch(name, options, runner.run(name, input, options)) : runner.run(name, input, options)),
    async start(name, input, options) {
      const { run, finished } = await runner.start(name, input, options);
      return { run, finished: watch(name, options, finished) };
    },
    async attempt(name, input, options) {
      const attempted = runner.attempt(name, input, options);
      await watch(name, { actor: jobActor(name) }, attempted.then(({ run }) => run));
      return attempted;
    },
  };
}

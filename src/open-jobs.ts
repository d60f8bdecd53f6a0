import { correlated } from './jobs/correlated.ts';
import { drainRuns } from './jobs/drain-runs.ts';
import { createJobRunner, type JobRunner } from './jobs/job-runner.ts';
import { jobs } from './jobs/jobs.ts';
import { openLedger, type LedgerParts } from './open-ledger.ts';
import type { ProcessDeps } from './processes/process.ts';

/** What jobs are run with: a ledger's parts, and what jobs reach beside the ledger. */
export interface JobParts extends LedgerParts, Omit<ProcessDeps, 'ledger'> {}

/** A ledger with its jobs, to run them by hand: no HTTP, no queues. */
export interface OpenJobs {
  jobs: JobRunner;
  /** Lets runs that were started end, for at most `drainMs`; then closes the ledger. */
  close(drainMs: number): Promise<void>;
}

/** Opens a ledger with its jobs. Throws as {@link openLedger} does. */
export async function openJobs(parts: JobParts): Promise<OpenJobs> {
  const { digitalOcean, finance, tax, logger } = parts;
  const open = await openLedger(parts);
  const deps = { ledger: open.ledger, digitalOcean, finance, tax, logger };
  const runner = createJobRunner(jobs.map(correlated), deps, open.sql);
  return {
    jobs: runner,
    async close(drainMs) {
      await drainRuns(runner, drainMs, logger);
      await open.close();
    },
  };
}

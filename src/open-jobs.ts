// From a configuration to the ledger and its jobs, to run them by hand: no HTTP, no queues.
import type { Config } from './config.ts';
import { systemClock } from './ledger/clock.ts';
import type { Logger } from './runtime/logger.ts';
import { correlated } from './jobs/correlated.ts';
import { createJobRunner, type JobRunner } from './jobs/job-runner.ts';
import { jobs } from './jobs/jobs.ts';
import { measureUpstream } from './metrics/measure-upstream.ts';
import { createMetrics } from './metrics/metrics.ts';
import { openLedgerFromConfig } from './open-database.ts';
import { upstreamClients } from './upstream-clients.ts';
import { TooLate, within } from './runtime/within.ts';

/** What runs jobs by hand. */
export interface OpenJobs {
  jobs: JobRunner;
  /** Lets runs that were started end, for at most `drainMs`; then closes the ledger. */
  close(drainMs: number): Promise<void>;
}

/** Opens the configured ledger with what its jobs reach. Throws as {@link openLedgerFromConfig} does. */
export async function openJobsFromConfig(config: Config, logger: Logger): Promise<OpenJobs> {
  const open = await openLedgerFromConfig(config, logger);
  const tax = { name: config.taxName, rate: config.taxRate };
  const measured = measureUpstream(createMetrics(), logger);
  const clients = upstreamClients(config, { logger, clock: systemClock, measured });
  const runner = createJobRunner(
    jobs.map(correlated),
    { ledger: open.ledger, ...clients, tax, logger },
    open.sql,
  );
  return {
    jobs: runner,
    async close(drainMs) {
      await within(runner.drain(), drainMs).catch((error: unknown) => {
        if (!(error instanceof TooLate)) throw error;
        logger.warn({ after_ms: drainMs }, 'a job run was cut off by the shutdown');
      });
      await open.close();
    },
  };
}

import { correlated } from './jobs/correlated.ts';
import { drainRuns } from './jobs/drain-runs.ts';
import { createJobRunner, type JobRunner } from './jobs/job-runner.ts';
import { jobs } from './jobs/jobs.ts';
import { openLedger, type LedgerParts } from './open-ledger.ts';
import { checkMasterKey } from './personal/key-ring.ts';
import type { MasterKeySource } from './personal/master-key.ts';
import { openPersonalData } from './personal/open-personal-data.ts';
import type { ProcessDeps } from './processes/process.ts';

/** What jobs are run with: a ledger's parts, and what jobs reach beside the ledger. */
export interface JobParts extends LedgerParts, Omit<ProcessDeps, 'ledger' | 'personal'> {
  /** Where the master key of personal data is. */
  masterKey: MasterKeySource;
}

/** A ledger with its jobs, to run them by hand: no HTTP, no queues. */
export interface OpenJobs {
  jobs: JobRunner;
  /** Lets runs that were started end, for at most `drainMs`; then closes the ledger. */
  close(drainMs: number): Promise<void>;
}

/**
 * Opens a ledger with its jobs. Throws as {@link openLedger} does.
 * @throws {MasterKeyError} the master key of personal data is lost or wrong; nothing was written
 */
export async function openJobs(parts: JobParts): Promise<OpenJobs> {
  const { digitalOcean, provisioning, spaces, finance, mail, autoSend, financeAr } = parts;
  const { logger, masterKey, clock } = parts;
  const open = await openLedger(parts, { beforeMigrations: (sql) => checkMasterKey(sql, masterKey) });
  const personal = openPersonalData({ sql: open.sql, masterKey, now: () => clock.now() });
  const outside = { digitalOcean, provisioning, spaces, finance, mail, autoSend, financeAr };
  const { tax, retentionYears, lifecycle } = parts;
  const deps = { ledger: open.ledger, ...outside, personal, tax, retentionYears, lifecycle, logger };
  const runner = createJobRunner(jobs.map(correlated), deps, open.sql);
  return {
    jobs: runner,
    async close(drainMs) {
      await drainRuns(runner, drainMs, logger);
      await open.close();
    },
  };
}

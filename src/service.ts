import type { Express } from 'express';
import { jobs } from './jobs/jobs.ts';
import { createJobRunner, type JobRunner } from './jobs/job-runner.ts';
import type { JobDeps } from './jobs/job.ts';
import { remeterDays } from './jobs/metering/remeter.ts';
import { projections } from '../projections/index.ts';
import { createApp } from './http/app.ts';
import type { AuthOptions } from './http/auth.ts';
import { createIdempotency, type Idempotency } from './http/idempotency.ts';
import type { Remeter } from './http/remeter.ts';
import { readinessOf } from './readiness.ts';
import { routes } from './http/routes.ts';
import { openLedger, type OpenLedger, type OpenLedgerOptions } from './open-ledger.ts';

/** What a whole service is made of; `main.ts` fills it from the environment, tests and the demo by hand. */
export interface ServiceOptions extends Omit<OpenLedgerOptions, 'projections'>, Omit<JobDeps, 'ledger' | 'logger'> {
  auth: AuthOptions;
  corsOrigins: readonly string[];
  /** Signs list cursors; the same on every node. */
  cursorSecret: string;
  /** Parses every answer with its schema: for tests. */
  checkResponses?: boolean;
}

/** A service ready to listen. */
export interface Service extends OpenLedger {
  app: Express;
  jobs: JobRunner;
  idempotency: Idempotency;
  /** Lets the job runs that were started end, for at most `drainMs` (default: as long as they take), then closes the ledger. */
  close(drainMs?: number): Promise<void>;
}

/** Opens the ledger and composes jobs and HTTP on it. */
export async function openService(options: ServiceOptions): Promise<Service> {
  const open = await openLedger({ ...options, projections });
  const { ledger, sql } = open;
  const jobDeps: JobDeps = { ledger, digitalOcean: options.digitalOcean, finance: options.finance, tax: options.tax, logger: options.logger };
  const runner = createJobRunner(jobs, jobDeps, sql);
  const idempotency = createIdempotency(sql);
  const remeter: Remeter = async ({ deploymentIds, from, to }, { actor, correlationId }) => {
    // Each of its commands is an execution of its own: a tie's Idempotency-Key repeats the tie, and metering repeats itself.
    await remeterDays({ ledger }, deploymentIds, from, to, { meta: () => ({ actor, correlationId, commandId: ledger.newId() }) });
  };
  const app = createApp(
    { ledger, currency: options.currency, jobs: runner, jobDeps, remeter, readiness: readinessOf(sql, projections), projections, sql },
    { routes, auth: options.auth, corsOrigins: options.corsOrigins, cursorSecret: options.cursorSecret, idempotency, logger: options.logger, checkResponses: options.checkResponses ?? false },
  );
  return {
    ...open,
    app,
    jobs: runner,
    idempotency,
    async close(drainMs) {
      if (!(await within(runner.drain(), drainMs))) options.logger.warn({ after_ms: drainMs }, 'a job run was cut off by the shutdown');
      await open.close();
    },
  };
}

/** Whether the work was done in time; without a time it always is. */
async function within(work: Promise<void>, ms: number | undefined): Promise<boolean> {
  if (ms === undefined) return work.then(() => true);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => { timer = setTimeout(() => { resolve(false); }, ms); });
  try {
    return await Promise.race([work.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}

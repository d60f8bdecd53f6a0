import type { Express } from 'express';
import { correlated } from './jobs/correlated.ts';
import { jobs } from './jobs/jobs.ts';
import { createJobRunner, type JobRunner } from './jobs/job-runner.ts';
import { openWorker, type JobWorker, type OpenWorkerOptions } from './jobs/open-worker.ts';
import type { ProcessDeps } from './processes/process.ts';
import { remeterDays } from './processes/metering/remeter.ts';
import { projections } from '../projections/index.ts';
import { createApp } from './http/app.ts';
import type { AuthOptions } from './http/auth.ts';
import { createIdempotency, type Idempotency } from './http/idempotency.ts';
import { closeConnections } from './http/close-connections.ts';
import type { Remeter } from './http/remeter.ts';
import { measureHttp } from './metrics/measure-http.ts';
import { measureJobs } from './metrics/measure-jobs.ts';
import { measureLedger } from './metrics/measure-ledger.ts';
import { measureLog } from './metrics/measure-log.ts';
import { observeReadiness } from './metrics/measure-readiness.ts';
import { observeLedger } from './metrics/ledger-state.ts';
import { createMetrics, type Metrics } from './metrics/metrics.ts';
import { createRebuilds } from './processes/rebuilds.ts';
import { createReadiness, type Probe, type ReadinessProbes } from './runtime/readiness.ts';
import { projectionsProbe } from './read-models/projection-status.ts';
import { redisProbe } from './jobs/redis-probe.ts';
import { postgresProbe } from './database/postgres-probe.ts';
import { routes } from './http/routes.ts';
import { platformRoutes } from './http/routes/platform.ts';
import { openLedger, type OpenLedger, type OpenLedgerOptions } from './open-ledger.ts';
import { freshMeta } from './ledger/fresh-meta.ts';

/** What a whole service is made of; `main.ts` fills it from the environment, tests and the demo by hand. */
export interface ServiceOptions
  extends Omit<OpenLedgerOptions, 'projections'>, Omit<ProcessDeps, 'ledger' | 'logger'> {
  auth: AuthOptions;
  corsOrigins: readonly string[];
  /** Requests of one subject that are answered in a minute; default: as many as come. */
  ratePerMinute?: number;
  /** Signs list cursors; the same on every node. */
  cursorSecret: string;
  /**
   * Runs jobs by their schedule in this process, with what Redis hands out; null or absent: jobs run by hand
   * alone.
   */
  worker?: OpenWorkerOptions | null;
  /**
   * `operations`: only what a process says of itself (health, readiness, metrics), as beside a worker;
   * default `api`.
   */
  serves?: 'api' | 'operations';
  /**
   * What `GET /metrics` shows, where the clients of other services are counted in it too; default: a set of
   * its own.
   */
  metrics?: Metrics;
  /** Parses every answer with its schema: for tests. */
  checkResponses?: boolean;
}

/** A service ready to listen. */
export interface Service extends OpenLedger {
  app: Express;
  jobs: JobRunner;
  /** The worker of this process, where it has one. It closes with the service. */
  worker: JobWorker | null;
  idempotency: Idempotency;
  /** Tell it to stop before anything else is: whoever asks `ready` then sends no more requests here. */
  readiness: ReadinessProbes;
  /**
   * Lets the job runs that were started end, for at most `drainMs` (default: as long as they take), then
   * closes the ledger. Runs by the schedule that have not ended are handed back, those by hand are cut off.
   */
  close(drainMs?: number): Promise<void>;
}

/** Opens the ledger and composes jobs and HTTP on it. */
export async function openService(options: ServiceOptions): Promise<Service> {
  const { metrics = createMetrics(), serves = 'api' } = options;
  const open = await openLedger({
    ...options,
    projections,
    measureLog: (log) => measureLog(log, metrics, options.logger),
  });
  const { sql, openPool } = open;
  const ledger = measureLedger(open.ledger, metrics, options.logger);
  const jobDeps: ProcessDeps = {
    ledger,
    digitalOcean: options.digitalOcean,
    finance: options.finance,
    tax: options.tax,
    logger: options.logger,
  };
  const table = jobs.map(correlated);
  const runner = measureJobs(createJobRunner(table, jobDeps, sql), metrics, options.logger);
  const worker = openWorker(options.worker ?? null, {
    target: options.target,
    ledgerId: open.log.id,
    jobs: table,
    runner,
    deps: jobDeps,
    sql,
  });
  const rebuilds = createRebuilds({ sql, openPool, logger: options.logger });
  const idempotency = createIdempotency(sql);
  const remeter: Remeter = async ({ deploymentIds, from, to }, { actor, correlationId }) => {
    // Each of its commands is an execution of its own: a tie's Idempotency-Key repeats the tie, and metering
    // repeats itself.
    await remeterDays({ ledger }, deploymentIds, from, to, {
      meta: () => freshMeta(ledger, { actor, correlationId }),
    });
  };
  // Without Redis an API answers all the same.
  const redis: Probe[] = worker === null ? [] : [redisProbe(() => worker.probe(), serves === 'operations')];
  const readiness = createReadiness([
    postgresProbe(sql),
    ...open.probes,
    projectionsProbe(sql, projections),
    ...redis,
  ]);
  observeReadiness(metrics, readiness);
  observeLedger(
    metrics,
    sql,
    projections,
    jobs.map(({ name }) => name),
  );
  const app = createApp(
    {
      ledger,
      currency: options.currency,
      jobs: runner,
      jobDeps,
      remeter,
      readiness: () => readiness.check(),
      scrape: () => metrics.scrape(),
      projections,
      rebuilds,
      sql,
    },
    {
      routes: serves === 'api' ? routes : platformRoutes,
      auth: options.auth,
      corsOrigins: options.corsOrigins,
      ratePerMinute: options.ratePerMinute ?? null,
      cursorSecret: options.cursorSecret,
      idempotency,
      logger: options.logger,
      watchers: [measureHttp(metrics), closeConnections(readiness)],
      checkResponses: options.checkResponses ?? false,
    },
  );
  return {
    ...open,
    ledger,
    readiness,
    app,
    jobs: runner,
    worker,
    idempotency,
    async close(drainMs) {
      const start = performance.now();
      await Promise.all([worker?.close(drainMs), rebuilds.stop()]);
      const left = drainMs === undefined ? undefined : Math.max(0, drainMs - (performance.now() - start));
      if (!(await endsWithin(runner.drain(), left)))
        options.logger.warn({ after_ms: drainMs }, 'a job run was cut off by the shutdown');
      await open.close();
      await worker?.leave();
    },
  };
}

/** Whether the work was done in time; without a time it always is. */
async function endsWithin(work: Promise<void>, ms: number | undefined): Promise<boolean> {
  if (ms === undefined) return work.then(() => true);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => {
      resolve(false);
    }, ms);
  });
  try {
    return await Promise.race([work.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}

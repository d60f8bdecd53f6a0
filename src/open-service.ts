import type { Express } from 'express';
import { createConsoleFor } from './open-console.ts';
import { advisoryLocks } from './database/advisory-locks.ts';
import { postgresProbe } from './database/postgres-probe.ts';
import { consoleSessions, type ConsoleSessions } from './database/console-sessions.ts';
import { lockSessionSettings, type Supervised } from './database/supervise.ts';
import { createApp, type AppOptions } from './http/app.ts';
import { closeConnections } from './http/close-connections.ts';
import { createIdempotency, type Idempotency } from './http/idempotency.ts';
import type { Deps } from './http/deps.ts';
import type { Remeter } from './http/remeter.ts';
import { routes } from './http/routes.ts';
import { platformRoutes } from './http/routes/platform.ts';
import { correlated } from './jobs/correlated.ts';
import { drainRuns } from './jobs/drain-runs.ts';
import { createJobLocks, jobLockSession } from './jobs/job-locks.ts';
import { createJobRunner, type JobRunner } from './jobs/job-runner.ts';
import { jobs } from './jobs/jobs.ts';
import { keepTakingUp } from './jobs/keep-taking-up.ts';
import { createRevertStarter, type RevertStarter } from './jobs/start-revert.ts';
import { redisProbe } from './jobs/redis-probe.ts';
import { startWorker, type JobWorker, type WorkerOptions, type WorkerSettings } from './jobs/worker.ts';
import { freshMeta } from './ledger/fresh-meta.ts';
import { observeLedger } from './metrics/observe-ledger.ts';
import { measureHttp } from './metrics/measure-http.ts';
import { measureJobs } from './metrics/measure-jobs.ts';
import { measureLedger } from './metrics/measure-ledger.ts';
import { measureLog } from './metrics/measure-log.ts';
import { observeReadiness } from './metrics/observe-readiness.ts';
import type { Metrics } from './metrics/metrics.ts';
import type { JobParts } from './open-jobs.ts';
import { openLedger, type OpenLedger } from './open-ledger.ts';
import { checkMasterKey } from './personal/key-ring.ts';
import { openPersonalData } from './personal/open-personal-data.ts';
import { remeterDays } from './processes/metering/remeter.ts';
import { startSettler } from './processes/documents/settler.ts';
import type { ProcessDeps } from './processes/process.ts';
import { createBackgroundRuns, type BackgroundRuns } from './processes/background-runs.ts';
import { createRebuilds } from './processes/rebuilds.ts';
import { createVerifications } from './processes/verify-in-background.ts';
import { createTieTakeUp } from './processes/ties/take-up-ties.ts';
import { projections } from '../projections/index.ts';
import { projectionsProbe } from './read-models/projection-status.ts';
import { createReadiness, type ReadinessProbes } from './runtime/readiness.ts';

/** What a service is opened from: its jobs' parts, and what requests and the worker take. */
export interface ServiceParts extends JobParts {
  /** What `GET /metrics` shows. */
  metrics: Metrics;
  http: Pick<AppOptions, 'auth' | 'corsOrigins' | 'cursorSecret' | 'ratePerMinute' | 'checkResponses'>;
  /** Runs jobs by their schedule in this process; null: jobs run by hand alone. */
  worker: WorkerParts | null;
  /**
   * Whether it settles invoices and takes up left work in the background, as every service does but those of
   * tests.
   */
  settles: boolean;
  /** `operations`: only health, readiness and metrics, as beside a worker. */
  serves: 'api' | 'operations';
}

/** What a worker takes of a service's parts. The service leaves Redis when it closes, or can't be opened. */
export interface WorkerParts extends WorkerSettings {
  leaveRedis(): Promise<void>;
}

/** A service ready to listen. */
export interface Service extends OpenLedger {
  app: Express;
  jobs: JobRunner;
  /** The worker of this process, where it has one. It closes with the service. */
  worker: JobWorker | null;
  idempotency: Idempotency;
  /** The signed-in people of the console, and the links that sign in. */
  sessions: ConsoleSessions;
  background: BackgroundRuns;
  /** What its jobs and processes use. */
  processDeps: ProcessDeps;
  /** To be stopped before anything else: a load balancer that asks `ready` then sends no more requests. */
  readiness: ReadinessProbes;
  /**
   * Lets the job runs that were started end, for at most `drainMs` (default: as long as they take), then
   * closes the ledger. Runs by the schedule that have not ended are handed back, those by hand are cut off.
   */
  close(drainMs?: number): Promise<void>;
}

/**
 * Opens the ledger, and composes jobs and HTTP on it. Throws as {@link openLedger} does.
 * @throws {MasterKeyError} the master key of personal data is lost or wrong; nothing was written
 */
export async function openService(parts: ServiceParts): Promise<Service> {
  const {
    metrics,
    logger,
    digitalOcean,
    provisioning,
    spaces,
    finance,
    mail,
    autoSend,
    financeAr,
    masterKey,
    clock,
  } = parts;
  const leaveRedis = async () => parts.worker?.leaveRedis();
  const open = await openLedger(parts, {
    measureLog: measureLog(metrics, logger),
    beforeMigrations: (sql) => checkMasterKey(sql, masterKey),
  }).catch(async (error: unknown) => {
    await leaveRedis();
    throw error;
  });
  const { sql, openPool } = open;
  const ledger = measureLedger(open.ledger, metrics, logger);
  const personal = openPersonalData({ sql, masterKey, now: () => clock.now() });
  const outside = { digitalOcean, provisioning, spaces, finance, mail, autoSend, financeAr };
  const { tax, retentionYears, lifecycle, autoCorrect = false } = parts;
  const terms = { tax, retentionYears, lifecycle };
  const deps: ProcessDeps = { ledger, ...outside, personal, ...terms, logger, autoCorrect };
  const table = jobs.map(correlated);
  const runner = measureJobs(createJobRunner(table, deps, sql), metrics, logger);
  const worker = startServiceWorker(parts.worker, open, { jobs: table, runner, deps });
  const reverts = createRevertStarter(ledger, runner, worker);
  const duties = parts.settles ? startDuties(deps, open, reverts) : [];
  const rebuilds = createRebuilds({ sql, openPool, logger });
  const background = createBackgroundRuns(sql, logger);
  const verifications = createVerifications({ runs: background, projections, openPool, logger });
  const idempotency = createIdempotency(sql);
  const readiness = createReadiness([
    postgresProbe(sql),
    ...open.probes,
    projectionsProbe(sql, projections),
    // Without Redis an API answers all the same.
    ...(worker === null ? [] : [redisProbe(() => worker.probe(), parts.serves === 'operations')]),
  ]);
  observeReadiness(metrics, readiness);
  observeLedger(
    metrics,
    sql,
    projections,
    jobs.map(({ name }) => name),
  );
  const sessions = consoleSessions(sql);
  const httpDeps: Deps = {
    ledger,
    currency: parts.currency,
    jobs: runner,
    reverts,
    jobDeps: deps,
    remeter: remeterWith(ledger),
    readiness: () => readiness.check(),
    scrape: () => metrics.scrape(),
    projections,
    rebuilds,
    verifications,
    background,
    links: sessions,
    sql,
  };
  const app = createApp(httpDeps, {
    ...parts.http,
    routes: parts.serves === 'api' ? routes : platformRoutes,
    ...(parts.serves === 'api'
      ? { console: createConsoleFor({ deps: httpDeps, sessions, auth: parts.http.auth, logger }) }
      : {}),
    idempotency,
    logger,
    watchers: [measureHttp(metrics), closeConnections(readiness)],
  });
  return {
    ...open,
    ledger,
    readiness,
    app,
    jobs: runner,
    worker,
    idempotency,
    sessions,
    background,
    processDeps: deps,
    async close(drainMs) {
      const start = performance.now();
      const stopped = [rebuilds.stop(), background.stop(), ...duties.map((duty) => duty.stop())];
      await Promise.all([worker?.close(drainMs), ...stopped]);
      await leaveRedis();
      const left = drainMs === undefined ? undefined : Math.max(0, drainMs - (performance.now() - start));
      await drainRuns(runner, left, logger);
      await open.close();
    },
  };
}

/** What a service does by itself, each in one process at a time. */
function startDuties(
  deps: ProcessDeps,
  { openLockSession }: OpenLedger,
  reverts: RevertStarter,
): Supervised[] {
  const { ledger, logger, digitalOcean, provisioning } = deps;
  const session = openLockSession({ applicationName: 'arcadia-settler', settings: lockSessionSettings });
  const ties = { name: 'ties', lock: advisoryLocks.ties, takeUp: createTieTakeUp(ledger, logger) };
  const left = { name: 'reverts', lock: advisoryLocks.reverts, takeUp: () => reverts.takeUp() };
  const mayRevert = digitalOcean !== null && (provisioning ?? null) !== null;
  return [
    startSettler(deps, session),
    ...[ties, ...(mayRevert ? [left] : [])].map((work) => keepTakingUp(work, session, logger)),
  ];
}

/** Queues are a ledger's own, so that several ledgers share one Redis. */
function startServiceWorker(
  settings: WorkerSettings | null,
  { sql, log, openLockSession }: OpenLedger,
  work: Pick<WorkerOptions, 'jobs' | 'runner' | 'deps'>,
): JobWorker | null {
  if (settings === null) return null;
  return startWorker({
    ...work,
    settings,
    prefix: `arcadia:${log.id}`,
    sql,
    locks: createJobLocks(() => openLockSession(jobLockSession)),
  });
}

/** Meters days again for a request, by commands of their own: its Idempotency-Key repeats the tie alone. */
function remeterWith(ledger: ProcessDeps['ledger']): Remeter {
  return async ({ deploymentIds, from, to }, { actor, correlationId }) => {
    await remeterDays({ ledger }, deploymentIds, from, to, {
      meta: () => freshMeta(ledger, { actor, correlationId }),
    });
  };
}

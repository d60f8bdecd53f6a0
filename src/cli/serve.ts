import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Express } from 'express';
import { projections } from '../../projections/index.ts';
import type { Config } from '../config.ts';
import { purgeWhatIfs } from '../invoicing/what-if-store.ts';
import type { Logger } from '../runtime/logger.ts';
import { dropAbandoned } from '../read-models/define-tables.ts';
import { createHttpServer } from '../http/server.ts';
import { openService, type Service } from '../open-service.ts';
import { openParts } from '../parts.ts';
import { seedWhenEmpty, warnOfOtherTax } from '../seed.ts';
import { closeInTime, expectClosed } from './close-in-time.ts';
import { expectPort, listenError } from './expect-port.ts';
import { stopSignal } from './stop-signal.ts';

/** How long the port stays open while `ready` reports the stop, for load balancers; in milliseconds. */
const noticeMs = 5_000;
/** How long a stop waits for requests under way, and then again for job runs, in milliseconds. */
export const drainMs = 10_000;
const sweepEveryMs = 100;
const purgeEveryMs = 3_600_000;

/**
 * Runs the service until a signal stops it: resolves after a clean shutdown. Throws when it can't start, or
 * can't stop in time.
 * @param worker whether jobs run by their schedule in this process too, where there is a Redis
 */
export async function serve(
  config: Config,
  logger: Logger,
  { worker = true }: { worker?: boolean } = {},
): Promise<void> {
  await expectPort(config.port, config.host, 'PORT');
  const stop = stopSignal();
  const mismatch = failureToCome();
  const parts = await openParts(config, { logger, worker, onLogMismatch: mismatch.fail });
  const service = await openService(parts);
  let server: Server | undefined;
  let closed = false;
  const purge = setInterval(() => {
    void purgeOld(service, logger);
  }, purgeEveryMs);
  try {
    void purgeOld(service, logger);
    const seeded = await seedWhenEmpty(config, service);
    if (seeded > 0) logger.info({ events: seeded }, 'the ledger is seeded');
    await warnOfOtherTax(config, service, logger);
    warnAtStart(config, logger);
    if (!stop.stopped) {
      server = await listen(service.app, config.port, config.host);
      const url = urlOf(server);
      logger.info(
        { url, docs: `${url}/api/docs`, database: config.databaseUrl === null ? 'embedded' : 'DATABASE_URL' },
        `arcadia-cloud listens on ${url}`,
      );
    }
    const reason = await Promise.race([stop.asked, mismatch.failed]);
    logger.info(
      { signal: reason },
      'stopping: requests and job runs under way may end; a second signal stops at once',
    );
    service.readiness.stop();
    await service.readiness.stopSeen(noticeMs);
  } finally {
    clearInterval(purge);
    if (server !== undefined) await closeServer(server, drainMs);
    closed = await closeInTime(service, drainMs, logger);
    stop.release();
  }
  expectClosed(closed);
  logger.info('stopped');
}

/** A promise that `fail` rejects: for a failure at any time while the service runs. */
export function failureToCome(): { failed: Promise<never>; fail: (error: unknown) => void } {
  let fail: (error: unknown) => void = () => undefined;
  const failed = new Promise<never>((_, reject: (error: unknown) => void) => {
    fail = reject;
  });
  // It may fail before `failed` is awaited.
  failed.catch(() => undefined);
  return { failed, fail };
}

/** Warns of settings that are valid but may be a mistake. */
export function warnAtStart(config: Config, logger: Logger): void {
  if (config.digitalocean.token === null)
    logger.warn(
      'DIGITALOCEAN_TOKEN is not set: sync and billing jobs are not scheduled, and fail when run by hand',
    );
}

/** Listens on one address, or all; `setting` names the port. @throws {StartError} as {@link expectPort} */
export async function listen(app: Express, port: number, host: string, setting = 'PORT'): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createHttpServer(app).listen(port, host);
    server.once('listening', () => {
      resolve(server);
    });
    server.once('error', (error) => {
      reject(listenError(error, port, host, setting));
    });
  });
}

/** The server's URL on this machine. */
export function urlOf(server: Server): string {
  return `http://localhost:${(server.address() as AddressInfo).port}`;
}

/** Stops listening. Requests under way may end within `withinMs`; then their connections are cut. */
export async function closeServer(server: Server, withinMs: number): Promise<void> {
  const cut = setTimeout(() => {
    server.closeAllConnections();
  }, withinMs);
  // A client may keep its connection open after its last answer.
  const sweep = setInterval(() => {
    server.closeIdleConnections();
  }, sweepEveryMs);
  await new Promise<void>((resolve) => {
    server.close(() => {
      resolve();
    });
  });
  clearTimeout(cut);
  clearInterval(sweep);
}

/**
 * Deletes idempotency keys after two days, runs of jobs and in the background and what-ifs after ninety, and
 * read models of another release that no process has fed for a day. A purge that fails is tried again an hour
 * later.
 */
async function purgeOld(service: Service, logger: Logger): Promise<void> {
  const { idempotency, jobs, background, ledger, sql } = service;
  try {
    const keys = await idempotency.purge();
    const runs = (await jobs.purge()) + (await background.purge(90));
    const whatIfs = await purgeWhatIfs(sql, ledger.now());
    if (keys + runs + whatIfs > 0)
      logger.info(
        { keys, runs, what_ifs: whatIfs },
        'old idempotency keys, runs and results of what-ifs are forgotten',
      );
    const schemas = await dropAbandoned(sql, projections);
    if (schemas.length > 0)
      logger.info({ schemas }, 'read models of another release, which no process feeds, are dropped');
  } catch (error) {
    logger.warn({ err: error }, 'what is old could not be purged');
  }
}

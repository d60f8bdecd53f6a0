import type { Server } from 'node:http';
import { loadConfig, type Config } from '../config.ts';
import { openService } from '../open-service.ts';
import { openParts } from '../parts.ts';
import type { Logger } from '../runtime/logger.ts';
import { closeInTime, expectClosed } from './close-in-time.ts';
import { expectPort } from './expect-port.ts';
import { createLogger } from './create-logger.ts';
import { secretsOf } from './secrets.ts';
import { closeServer, drainMs, failureToCome, listen, urlOf, warnAtStart } from './serve.ts';
import { StartError } from './start-error.ts';
import { stopSignal } from './stop-signal.ts';
import { UsageError } from './usage-error.ts';

/** @throws {UsageError} */
function parsePort(text: string): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65535)
    throw new UsageError('--port: expected a port number, 0 to 65535');
  return Number(text);
}

/** Runs the worker of an environment. @throws as {@link work}, or {UsageError} for an invalid port */
export async function workFromEnvironment(
  env: Readonly<Record<string, string | undefined>>,
  { port }: { port?: string },
): Promise<void> {
  const config = loadConfig(env, [
    'log',
    'invoicing',
    'upstreams',
    'queues',
    ...(port === undefined ? [] : ['api' as const]),
  ]);
  await work(
    config,
    createLogger(config.logLevel, 1, secretsOf(env)),
    port === undefined ? null : parsePort(port),
  );
}

/**
 * Runs a worker until a signal stops it: resolves after a clean shutdown.
 * @param port where it answers for itself; null: nowhere
 * @throws {StartError} without a Redis, or for a port that can't be used; `StopError` when it can't stop in
 * time
 */
async function work(config: Config, logger: Logger, port: number | null): Promise<void> {
  if (port !== null) await expectPort(port, config.host, '--port');
  const stop = stopSignal();
  const mismatch = failureToCome();
  const parts = await openParts(config, { logger, worker: true, onLogMismatch: mismatch.fail });
  const service = await openService({ ...parts, serves: 'operations' });
  let server: Server | undefined;
  let closed = false;
  try {
    if (service.worker === null)
      throw new StartError('A worker needs Redis: set REDIS_URL, or run one on this machine.');
    warnAtStart(config, logger);
    if (port !== null && !stop.stopped) server = await listen(service.app, port, config.host, '--port');
    logger.info(
      {
        ...(server === undefined ? {} : { url: urlOf(server) }),
        database: config.databaseUrl === null ? 'embedded' : 'DATABASE_URL',
      },
      server === undefined ? 'the worker runs' : `the worker runs, and listens on ${urlOf(server)}`,
    );
    const reason = await Promise.race([stop.asked, mismatch.failed]);
    logger.info({ signal: reason }, 'stopping: job runs under way may end; a second signal stops at once');
    service.readiness.stop();
  } finally {
    closed = await closeInTime(service, drainMs, logger);
    if (server !== undefined) await closeServer(server, 1_000);
    stop.release();
  }
  expectClosed(closed);
  logger.info('stopped');
}

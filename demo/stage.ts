// Everything that the demo runs on: a fresh ledger, the stand-ins for the outside world, and the service itself.
import { randomBytes } from 'node:crypto';
import type { Server } from 'node:http';
import { startDigitalOceanSimulator } from '../simulators/digitalocean/index.ts';
import { startFinanceSimulator, type FinanceSimulator } from '../simulators/finance/index.ts';
import { mintToken } from '../simulators/issuer/token.ts';
import { createLogger } from '../src/cli/log.ts';
import { closeServer, listen, urlOf } from '../src/cli/serve.ts';
import { StartError } from '../src/cli/start-error.ts';
import { createServiceFromConfig, seedWhenEmpty } from '../src/compose.ts';
import { loadConfig } from '../src/config.ts';
import type { Clock } from '../src/engine/clock.ts';
import { freshDatabase } from './database.ts';

/** Where the sample account stands: April is over and billed. */
export const demoNow = '2026-05-09T15:05:00.000Z';
/** The tenant whose month the demo is about. */
export const demoTenant = 'dashboard-pilot';

const plenty = 1_000_000;
const dayInSeconds = 86_400;
const stopWithinMs = 2_000;

export interface Stage {
  url: string;
  adminToken: string;
  tenantToken: string;
  /** A token of any tenant. */
  tokenOf(tenantId: string): string;
  finance: FinanceSimulator;
  /** Stops everything, the last part first. */
  close(): Promise<void>;
}

/** A clock that began at an instant when this was called, and goes on from there. */
function clockFrom(start: string): Clock {
  const offset = Date.parse(start) - Date.now();
  return { now: () => new Date(Date.now() + offset).toISOString() };
}

/** Sets the stage. What was started is stopped again when a later part fails to start. */
export async function setStage(env: Readonly<Record<string, string | undefined>>): Promise<Stage> {
  const closers: (() => Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    for (let next = closers.pop(); next !== undefined; next = closers.pop()) await next();
  };
  try {
    return { ...await start(env, closers), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function start(env: Readonly<Record<string, string | undefined>>, closers: (() => Promise<void>)[]): Promise<Omit<Stage, 'close'>> {
  const secret = randomBytes(48).toString('base64url');
  const clock = clockFrom(demoNow);
  const digitalOcean = await startDigitalOceanSimulator({ now: demoNow, limits: { perMinute: plenty, perHour: plenty } });
  closers.push(() => digitalOcean.close());
  const finance = await startFinanceSimulator({ secret, now: () => Math.floor(Date.parse(clock.now()) / 1000) });
  closers.push(() => finance.close());

  const config = loadConfig({
    PORT: env['PORT'], HOST: env['HOST'], RATE_LIMIT_PER_MINUTE: env['RATE_LIMIT_PER_MINUTE'] ?? String(plenty),
    LOG_LEVEL: env['LOG_LEVEL'] ?? 'error', ARCADIA_DATA: env['ARCADIA_DATA'] ?? '.arcadia/demo',
    JWT_SECRET: secret, DIGITALOCEAN_URL: digitalOcean.url, DIGITALOCEAN_TOKEN: digitalOcean.token, SKYAI_FINANCE_URL: finance.url,
  });
  const database = await freshDatabase(config.arcadiaData);
  const service = await createServiceFromConfig(config, {
    // The report is what stdout is for.
    logger: createLogger(config.logLevel, 2), clock, database, requestLimits: { perMinute: plenty, perHour: plenty },
  });
  closers.push(() => service.close(stopWithinMs));
  await seedWhenEmpty(config, service);

  const server = await listenSomewhere(service.app, config, env['PORT'] !== undefined);
  closers.push(() => closeServer(server, stopWithinMs));
  const tokenOf = (tenantId: string, roles?: readonly string[]): string =>
    mintToken({ secret, sub: `demo@${tenantId}`, tenant_id: tenantId, expiresIn: dayInSeconds, ...(roles === undefined ? {} : { roles }) });
  return { url: urlOf(server), adminToken: tokenOf('platform-admin', ['platform_admin']), tenantToken: tokenOf(demoTenant), tokenOf: (tenantId) => tokenOf(tenantId), finance };
}

/** The usual port, or any free one while a service has it; a port that was asked for is that port. */
async function listenSomewhere(app: Parameters<typeof listen>[0], { port, host }: { port: number; host: string }, isWish: boolean): Promise<Server> {
  try {
    return await listen(app, port, host);
  } catch (error) {
    if (isWish || !(error instanceof StartError)) throw error;
    return listen(app, 0, host);
  }
}

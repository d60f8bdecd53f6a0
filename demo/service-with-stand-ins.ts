// What demo and sandbox share: the stand-ins for the outside world, and the service between them.
import type { Server } from 'node:http';
import { join } from 'node:path';
import { startDigitalOceanSimulator, type DigitalOceanSimulator } from '../simulators/digitalocean/index.ts';
import { startFinanceSimulator, type FinanceSimulator } from '../simulators/finance/index.ts';
import { startMailSimulator, type MailSimulator } from '../simulators/mail/index.ts';
import { mintToken } from '../simulators/issuer/token.ts';
import { createLogger } from '../src/cli/create-logger.ts';
import { closeServer, listen, urlOf } from '../src/cli/serve.ts';
import { StartError } from '../src/cli/start-error.ts';
import { loadConfig } from '../src/config.ts';
import { openService } from '../src/open-service.ts';
import { openWorkerParts, partsOf } from '../src/parts.ts';
import { seedWhenEmpty } from '../src/seed.ts';
import type { Clock } from '../src/ledger/clock.ts';
import type { Env } from './free-port.ts';
import type { DemoLedger } from './ledger.ts';

/** Limits that no demo meets. */
const plenty = { perMinute: 1_000_000, perHour: 1_000_000 };
const dayInSeconds = 86_400;
/** A link is good until it is used; one that was forgotten ends at some time, too. */
const linkDays = 30;
const stopWithinMs = 2_000;

/** The stand-ins, while they run. */
export interface StandIns {
  digitalOcean: DigitalOceanSimulator;
  finance: FinanceSimulator;
  mail: MailSimulator;
}

/** What has to be closed, in reverse order. */
export class Closers {
  readonly #open: (() => Promise<unknown>)[] = [];

  add(close: () => Promise<unknown>): void {
    this.#open.push(close);
  }

  /** What is being opened, which is closed with the others once it is open. */
  async opened<Part>(opening: Promise<Part>, close: (part: Part) => Promise<unknown>): Promise<Part> {
    const part = await opening;
    this.add(() => close(part));
    return part;
  }

  async close(): Promise<void> {
    for (let next = this.#open.pop(); next !== undefined; next = this.#open.pop()) await next();
  }
}

/**
 * What is started at once. After a failure it waits for the others, so that they can be closed.
 * @throws the first failure
 */
export async function allStarted<Parts extends readonly unknown[]>(starting: {
  readonly [Index in keyof Parts]: Promise<Parts[Index]>;
}): Promise<Parts> {
  await Promise.allSettled(starting);
  return Promise.all(starting) as Promise<unknown> as Promise<Parts>;
}

/**
 * Starts the stand-ins: the sample account at DigitalOcean, a finance service that knows the secret, and a
 * mail server that keeps what it gets below `dataDir`.
 */
export async function startStandIns(
  { secret, clock, dataDir }: { secret: string; clock: Clock; dataDir: string },
  closers: Closers,
): Promise<StandIns> {
  const close = (part: { close(): Promise<unknown> }) => part.close();
  const [digitalOcean, finance, mail] = await allStarted([
    closers.opened(startDigitalOceanSimulator({ now: clock.now(), limits: plenty }), close),
    closers.opened(
      startFinanceSimulator({ secret, now: () => Math.floor(Date.parse(clock.now()) / 1000) }),
      close,
    ),
    closers.opened(startMailSimulator(join(dataDir, 'mail')), close),
  ]);
  return { digitalOcean, finance, mail };
}

/** What the service runs with. */
export interface ServiceSettings {
  env: Env;
  secret: string;
  clock: Clock;
  ledger: DemoLedger;
  dataDir: string;
  standIns: StandIns;
  /** Whether jobs run by their schedule. */
  worker: boolean;
}

/** The service, while it runs. */
export interface RunningService {
  url: string;
  /** Whether jobs run by their schedule. */
  schedules: boolean;
  /** A link that signs in to the console, once. */
  signInLink: (who: { sub: string; tenant: string; role?: string }) => Promise<string>;
}

/** Starts the service, seeds an empty ledger, and listens. */
export async function startService(setting: ServiceSettings, closers: Closers): Promise<RunningService> {
  const {
    env,
    secret,
    clock,
    ledger,
    dataDir,
    standIns: { digitalOcean, finance, mail },
    worker,
  } = setting;
  const config = loadConfig({
    PORT: env['PORT'],
    HOST: env['HOST'],
    RATE_LIMIT_PER_MINUTE: env['RATE_LIMIT_PER_MINUTE'],
    REDIS_URL: env['REDIS_URL'],
    LOG_LEVEL: env['LOG_LEVEL'] ?? 'error',
    ARCADIA_DATA: dataDir,
    JWT_SECRET: secret,
    DIGITALOCEAN_URL: digitalOcean.url,
    DIGITALOCEAN_TOKEN: digitalOcean.token,
    SKYAI_FINANCE_URL: finance.url,
    SMTP_URL: mail.url,
    MAIL_FROM: 'Skyai Cloud <billing@skyai.example>',
  });
  // What is shown to people is on stdout.
  const logger = createLogger(config.logLevel, 2);
  ledger.watch(logger);
  const service = await openService({
    ...partsOf(config, { logger, clock, requestLimits: plenty }),
    target: ledger.target,
    leave: ledger.leave,
    worker: worker ? await openWorkerParts(config, logger) : null,
  });
  closers.add(() => service.close(stopWithinMs));
  await seedWhenEmpty(config, service);
  const server = await listenSomewhere(service.app, config, env['PORT'] !== undefined);
  closers.add(() => closeServer(server, stopWithinMs));
  const url = urlOf(server);
  return {
    url,
    schedules: service.worker !== null,
    async signInLink({ sub, tenant, role }) {
      const secret = await service.sessions.createLink({
        subject: sub,
        tenant_id: tenant,
        roles: role === undefined ? [] : [role],
        read_only: false,
        once: true,
        created_by: sub,
        expires_at: new Date(Date.now() + linkDays * dayInSeconds * 1_000).toISOString(),
      });
      return `${url}/console/link/${secret}`;
    },
  };
}

/** A token for a day, as the app that issues them would mint it. */
export function tokenFor(secret: string, who: { sub: string; tenant?: string; role?: string }): string {
  const { sub, tenant, role } = who;
  return mintToken({
    secret,
    sub,
    expiresIn: dayInSeconds,
    ...(tenant === undefined ? {} : { tenant_id: tenant }),
    ...(role === undefined ? {} : { roles: [role] }),
  });
}

/** Listens on the port, or, unless it was given, on any free one while the port is taken. */
async function listenSomewhere(
  app: Parameters<typeof listen>[0],
  { port, host }: { port: number; host: string },
  isFixed: boolean,
): Promise<Server> {
  try {
    return await listen(app, port, host);
  } catch (error) {
    if (isFixed || !(error instanceof StartError)) throw error;
    return listen(app, 0, host);
  }
}

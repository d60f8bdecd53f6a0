// From a configuration to a composed service: shared by the server, the worker and the demo.
import { randomBytes } from 'node:crypto';
import type { Config } from './config.ts';
import { openRedis } from './embedded/redis.ts';
import type { Clock } from './ledger/clock.ts';
import { systemClock } from './ledger/clock.ts';
import { randomId } from './ledger/ids.ts';
import type { Logger } from './runtime/logger.ts';
import type { AuthOptions } from './http/auth.ts';
import { differingTax, seedTax } from './processes/seed/seed-tax.ts';
import type { Tax } from './pricing/invoice.ts';
import { seedCatalog } from './processes/seed/catalog.ts';
import { measureUpstream } from './metrics/measure-upstream.ts';
import { createMetrics } from './metrics/metrics.ts';
import { openDatabase, overRestarts, type Database } from './open-database.ts';
import { openService, type Service } from './service.ts';
import { upstreamClients } from './upstream-clients.ts';
import { freshMeta } from './ledger/fresh-meta.ts';

export interface ComposeOptions {
  logger: Logger;
  /** Default: the machine's. */
  clock?: Clock;
  /** Default: what the configuration names. The service leaves it when it closes. */
  database?: Database;
  /** What DigitalOcean allows this process; a stand-in may allow more. */
  requestLimits?: { perMinute: number; perHour: number };
  /** Runs jobs by their schedule in this process, where there is a Redis; default false. */
  worker?: boolean;
  /** What the service answers to; default all of the API. */
  serves?: 'api' | 'operations';
  /**
   * Told, once, when EventStoreDB turns out not to be the one that the journal was copied from: the process
   * should end.
   */
  onLogMismatch?: (error: unknown) => void;
}

/** Opens everything that the configuration names. `close` of the service closes and leaves all of it. */
export async function createServiceFromConfig(config: Config, options: ComposeOptions): Promise<Service> {
  const { logger, clock = systemClock, requestLimits, serves = 'api', onLogMismatch } = options;
  const database = options.database ?? (await openDatabase(config, logger));
  const redis = options.worker === true ? await openRedis(config.redisUrl, config.arcadiaData, logger) : null;
  const leave = async (): Promise<void> => {
    await redis?.leave();
    await database.leave();
  };
  const open = (): Promise<Service> => {
    const metrics = createMetrics();
    return openService({
      target: database.target,
      eventStoreUrl: config.eventStoreUrl,
      ...(onLogMismatch === undefined ? {} : { onLogMismatch }),
      clock,
      newId: randomId,
      currency: config.billingCurrency,
      reportLimits: config.reportLimits,
      logger,
      metrics,
      tax: taxOf(config),
      auth: authOptions(config),
      corsOrigins: config.corsOrigins,
      ratePerMinute: config.rateLimitPerMinute,
      cursorSecret: cursorSecret(config),
      worker: redis === null ? null : { redis: redis.target },
      serves,
      ...upstreamClients(config, {
        logger,
        clock,
        measured: measureUpstream(metrics, logger),
        ...(requestLimits === undefined ? {} : { requestLimits }),
      }),
    });
  };
  try {
    const service = await overRestarts(database.watched === true && config.eventStoreUrl === null, open);
    return {
      ...service,
      async close(drainMs) {
        await service.close(drainMs);
        await leave();
      },
    };
  } catch (error) {
    await leave();
    throw error;
  }
}

/**
 * Gives an empty ledger its catalog, unless the configuration says not to, and a ledger without a tax rate
 * the configured one, all to be read at once. Answers how many events that took.
 */
export async function seedWhenEmpty(config: Config, { ledger }: Service): Promise<number> {
  const correlationId = ledger.newId();
  const actor = { sub: 'job:seed', tenant_id: null, roles: ['platform_admin'] };
  const meta = () => freshMeta(ledger, { actor, correlationId });
  return overRestarts(isEmbedded(config), async () => {
    const catalog = config.seedCatalog ? await seedCatalog(ledger, meta) : 0;
    const seeded = catalog + (await seedTax(ledger, taxOf(config), meta()));
    // The first reader has no position to wait for.
    if (seeded > 0) await ledger.waitFor(await ledger.position());
    return seeded;
  });
}

/** Whether all that a ledger stands on is an embedded server. */
const isEmbedded = ({ databaseUrl, eventStoreUrl }: Config): boolean =>
  databaseUrl === null && eventStoreUrl === null;

/** The tax that the environment names: the ledger's first rate, and nothing after that. */
function taxOf({ taxName, taxRate }: Config): Tax {
  return { name: taxName, rate: taxRate };
}

/** Says so where the environment names another tax than the ledger has, which alone counts. */
export async function warnOfOtherTax(config: Config, { ledger }: Service, logger: Logger): Promise<void> {
  const configured = taxOf(config);
  const inForce = await overRestarts(isEmbedded(config), () => differingTax(ledger, configured));
  if (inForce === null) return;
  const message =
    'TAX_NAME and TAX_RATE differ from the tax rate in the ledger, which holds: set another one by POST /api/v1/tax-rates';
  logger.warn({ configured, ledger: inForce }, message);
}

function authOptions({ jwt }: Config): AuthOptions {
  return {
    algorithms: jwt.algorithms,
    ...(jwt.secret === null ? {} : { secret: jwt.secret }),
    ...(jwt.issuer === null ? {} : { issuer: jwt.issuer }),
    ...(jwt.audience === null ? {} : { audience: jwt.audience }),
    ...(jwt.jwksUrl === null ? {} : { jwksUrl: jwt.jwksUrl }),
  };
}

/**
 * The same on every node, so that any node takes a cursor of another. A service that knows only a key set
 * shares its database's URL, which holds a password; on an embedded database it is alone, and cursors may end
 * with the process.
 */
function cursorSecret({ jwt, databaseUrl }: Config): string {
  return jwt.secret ?? databaseUrl ?? randomBytes(32).toString('hex');
}

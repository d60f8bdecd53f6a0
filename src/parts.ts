// From a configuration to the parts that a ledger, its jobs or a whole service are opened from.
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Config } from './config.ts';
import { digitalOceanLimits } from './digitalocean/client.ts';
import { findRedis } from './embedded/find-redis.ts';
import { openRedis, type RedisTarget } from './embedded/open-redis.ts';
import { createRedisTally, type RedisTally } from './jobs/redis-tally.ts';
import { workerRetries, workerTimes } from './jobs/worker-times.ts';
import { systemClock, type Clock } from './ledger/clock.ts';
import { randomId } from './ledger/ids.ts';
import { createMetrics } from './metrics/metrics.ts';
import { openDatabase, type Database } from './open-database.ts';
import { openLogOf } from './open-log.ts';
import type { ServiceParts, WorkerParts } from './open-service.ts';
import { givenMasterKey, masterKeyFile, type MasterKeySource } from './personal/master-key.ts';
import type { Tax } from './pricing/tax.ts';
import type { Logger } from './runtime/logger.ts';
import { upstreamClients, type OpenSharedTally, type RequestLimits } from './upstream-clients.ts';

/** What the parts need besides the configuration. */
export interface PartsContext {
  logger: Logger;
  clock: Clock;
  /** How many requests DigitalOcean allows this process. */
  requestLimits: RequestLimits;
  /** Counts requests together with other processes; null or absent: this process counts alone. */
  sharedTally?: OpenSharedTally | null;
  /** Called once when the journal was copied from another EventStoreDB: the process should end. */
  onLogMismatch?: (error: unknown) => void;
}

/** The parts that need no server to be started: all but the database and the worker's Redis. */
export function partsOf(
  config: Config,
  { logger, clock, requestLimits, sharedTally = null, onLogMismatch }: PartsContext,
): Omit<ServiceParts, keyof Database | 'worker'> {
  const metrics = createMetrics();
  return {
    isEmbedded: config.databaseUrl === null && config.eventStoreUrl === null,
    openLog: openLogOf(config, onLogMismatch),
    clock,
    newId: randomId,
    currency: config.billingCurrency,
    limits: config.limits,
    logger,
    metrics,
    tax: taxOf(config),
    retentionYears: config.retentionYears,
    autoCorrect: config.autoCorrect,
    lifecycle: config.lifecycle,
    masterKey: masterKeyOf(config),
    http: {
      auth: config.jwt,
      corsOrigins: config.corsOrigins,
      ratePerMinute: config.rateLimitPerMinute,
      cursorSecret: cursorSecret(config),
    },
    settles: true,
    serves: 'api',
    ...upstreamClients(config, { logger, clock, metrics, requestLimits, sharedTally }),
  };
}

/** How production opens the parts that a configuration names. */
export interface OpenPartsOptions extends Pick<PartsContext, 'logger' | 'onLogMismatch'> {
  /** Runs jobs by their schedule in this process, where there is a Redis; default false. */
  worker?: boolean;
}

/** All parts. What is opened from them leaves the servers that were started or joined here. */
export async function openParts(
  config: Config,
  { worker = false, ...context }: OpenPartsOptions,
): Promise<ServiceParts> {
  const database = await openDatabase(config, context.logger);
  let workerParts: WorkerParts | null = null;
  try {
    workerParts = worker ? await openWorkerParts(config, context.logger) : null;
    const target = workerParts?.redis ?? null;
    const tallies = sharedTallies(async () => target ?? findRedis(config.redisUrl, config.arcadiaData));
    return {
      ...partsOf(config, {
        ...context,
        clock: systemClock,
        requestLimits: digitalOceanLimits,
        sharedTally: tallies.open,
      }),
      target: database.target,
      async leave() {
        tallies.close();
        await database.leave();
      },
      worker: workerParts,
    };
  } catch (error) {
    await workerParts?.leaveRedis();
    await database.leave();
    throw error;
  }
}

/** Tallies in the Redis that is found. None is started for them, and none is connected to before its use. */
function sharedTallies(find: () => Promise<RedisTarget | null>): { open: OpenSharedTally; close(): void } {
  const opened: RedisTally[] = [];
  return {
    open(of) {
      const tally = createRedisTally({ ...of, find });
      opened.push(tally);
      return tally;
    },
    close() {
      for (const tally of opened) tally.close();
    },
  };
}

/** The worker's parts; null, with a warning, where there is no Redis. */
export async function openWorkerParts(
  { redisUrl, arcadiaData }: Config,
  logger: Logger,
): Promise<WorkerParts | null> {
  const redis = await openRedis(redisUrl, arcadiaData, logger);
  if (redis === null) return null;
  return { redis: redis.target, leaveRedis: redis.leave, times: workerTimes, retries: workerRetries };
}

/** The configured tax: a ledger's first rate, without effect once it has one. */
export function taxOf({ taxName, taxRate }: Config): Tax {
  return { name: taxName, rate: taxRate };
}

/** The master key of personal data: the one that is given, else a file that the first need makes. */
function masterKeyOf({ piiKey, arcadiaData }: Config): MasterKeySource {
  return piiKey === null ? masterKeyFile(join(arcadiaData, 'pii.key')) : givenMasterKey(piiKey);
}

/**
 * The same on every node, so that each takes the others' cursors: without a JWT secret the database's URL,
 * which holds a password. On an embedded database a node is alone, and cursors may end with the process.
 */
function cursorSecret({ jwt, databaseUrl }: Config): string {
  return jwt.secret ?? databaseUrl ?? randomBytes(32).toString('hex');
}

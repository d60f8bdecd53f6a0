// Finds the Redis for the job queues: that of REDIS_URL, one on this machine, or a private one.
import { join } from 'node:path';
import type { Logger } from '../runtime/logger.ts';
import { pingRedis } from './redis-ping.ts';
import { findRedisProgram, howToGetRedis } from './redis-program.ts';
import { joinEmbeddedRedis, startEmbeddedRedis, stopLeftBehind } from './embedded-redis.ts';
import type { EmbeddedRedis } from './embedded-redis.ts';

/** A Redis to connect to: a URL (redis:// or rediss://), or the path of a Unix socket. */
export type RedisTarget = { url: string } | { path: string };

export type OpenRedis = {
  target: RedisTarget;
  embedded: boolean;
  /** Leaves a private server, once; the last to leave stops it. Close your connections first. */
  leave: () => Promise<void>;
};

const defaultPort = 6379;
const probeMs = 500;

/**
 * The Redis of `redisUrl` (not tried: it may come up later); else one that answers on 127.0.0.1:6379; else a
 * private one below `arcadiaData`, started by the `redis-server` in PATH. A private one that other processes
 * of this ledger use goes before 6379, so that all use the same. It is watched: after a crash one of its
 * processes restarts it, on the same socket.
 *
 * Null without any, with a warning that says what to do.
 */
export async function openRedis(
  redisUrl: string | null,
  arcadiaData: string,
  logger: Logger,
  { localPort = defaultPort }: { localPort?: number } = {},
): Promise<OpenRedis | null> {
  if (redisUrl !== null) return elsewhere(redisUrl);
  const dataDir = join(arcadiaData, 'redis');
  try {
    const joined = await joinEmbeddedRedis(dataDir);
    if (joined !== null) return privateOne(joined, logger);
    if ((await pingRedis({ host: '127.0.0.1', port: localPort }, probeMs)) !== null) {
      await stopLeftBehind(dataDir);
      return elsewhere(`redis://127.0.0.1:${localPort}`);
    }
    const program = await findRedisProgram();
    if (program === null) {
      logger.warn(
        `No Redis: REDIS_URL is not set, none answers on 127.0.0.1:${localPort}, ` +
          `and no redis-server is in PATH. ${howToGetRedis}`,
      );
      return null;
    }
    const server = await startEmbeddedRedis(dataDir, program);
    if (server.started) logger.info({ pid: server.pid }, 'a private Redis is started');
    return privateOne(server, logger);
  } catch (error) {
    // The ledger works without Redis: the service starts.
    logger.warn({ err: error }, `No Redis: a private one could not be used. ${howToGetRedis}`);
    return null;
  }
}

function elsewhere(url: string): OpenRedis {
  return { target: { url }, embedded: false, leave: async () => undefined };
}

function privateOne({ path, watch, stop }: EmbeddedRedis, logger: Logger): OpenRedis {
  watch(logger);
  return { target: { path }, embedded: true, leave: stop };
}

// Finds a Redis that runs, and starts none.
import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import type { RedisTarget } from './open-redis.ts';
import { pingRedis } from './redis-ping.ts';
import { redisSocketIn } from './redis-process.ts';

const defaultPort = 6379;
const probeMs = 500;

/**
 * The Redis that `openRedis` would give, where it runs already: that of `redisUrl` (not tried); else the
 * private one below `arcadiaData`; else one that answers on 127.0.0.1:6379; else null. A private one is not
 * joined: it stops when its users leave it.
 */
export async function findRedis(
  redisUrl: string | null,
  arcadiaData: string,
  { localPort = defaultPort }: { localPort?: number } = {},
): Promise<RedisTarget | null> {
  if (redisUrl !== null) return { url: redisUrl };
  const directory = await realpath(join(arcadiaData, 'redis')).catch(() => null);
  const path = directory === null ? null : await redisSocketIn(directory);
  if (path !== null && (await pingRedis({ path }, probeMs)) !== null) return { path };
  return (await pingRedis({ host: '127.0.0.1', port: localPort }, probeMs)) === null
    ? null
    : { url: `redis://127.0.0.1:${localPort}` };
}

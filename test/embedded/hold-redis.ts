// A process of its own that uses the Redis of a data directory: prints what it got, and leaves when its input
// ends.
import { openRedis } from '../../src/embedded/open-redis.ts';
import { silentLogger } from '../../src/runtime/logger.ts';

const [dataDir, localPort] = process.argv.slice(2);
if (dataDir === undefined || localPort === undefined)
  throw new Error('Usage: hold-redis.ts <data directory> <local port>');
const redis = await openRedis(null, dataDir, silentLogger, { localPort: Number(localPort) });
console.log(JSON.stringify(redis));
for await (const _ of process.stdin);
await redis?.leave();

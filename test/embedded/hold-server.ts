// A process of its own that uses the embedded server: prints what it got, and leaves when its input ends.
import { startEmbeddedPostgres } from '../../src/embedded/embedded-postgres.ts';

const dataDir = process.argv[2];
if (dataDir === undefined) throw new Error('Usage: hold-server.ts <data directory>');
const server = await startEmbeddedPostgres({ dataDir });
console.log(JSON.stringify({ pid: server.pid, started: server.started }));
for await (const _ of process.stdin);
await server.stop();

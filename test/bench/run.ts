import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startEmbeddedPostgres } from '../../src/embedded/postgres.ts';
import { systemClock } from '../../src/engine/clock.ts';
import { connect } from '../../src/database/connection.ts';
import { randomId } from '../../src/engine/ids.ts';
import { silentLogger } from '../../src/engine/logger.ts';
import { openEventStore } from '../../src/log/eventstoredb-client.ts';
import { openService } from '../../src/service.ts';
import { seedCatalog } from '../../src/seed/catalog.ts';
import { admin } from '../support/command-spec.ts';
import { TEST_SECRET } from '../support/tokens.ts';
import { appendPair, createFloorJournal } from './append.ts';
import { eventStoreAppendPair } from './eventstore-append.ts';
import { eventStoreFollowPair, fillEventStore, measureFollowMemory } from './eventstore-follow.ts';
import { measure, type Figure } from './figure.ts';
import { httpGetPair } from './http-get.ts';
import { benchProjection, liveProjectionPair } from './live-projection.ts';
import { measureMemory } from './memory.ts';
import { quotePair } from './quote.ts';

const { values: options } = parseArgs({
  options: {
    json: { type: 'string' },
    only: { type: 'string' },
    repetitions: { type: 'string', default: '5' },
    'eventstore-events': { type: 'string', default: '250000' },
  },
});
const repetitions = Number(options.repetitions);
const wanted = (name: string) => options.only === undefined || options.only.split(',').includes(name);

function print(figures: readonly Figure[]): void {
  const number = (value: number) => Math.round(value).toLocaleString('en');
  console.log(`\nMedians of ${repetitions} repetitions, on ${cpus().length} × ${cpus()[0]?.model.trim()}, Node ${process.version}\n`);
  console.log('| figure | value | floor | ratio | aim | floor is |');
  console.log('|---|---|---|---|---|---|');
  for (const figure of figures) {
    console.log(`| ${figure.name} | ${number(figure.value)} ${figure.unit} | ${number(figure.floor)} | ${figure.ratio.toFixed(2)} | ≥ ${figure.aim.toFixed(2)} ${figure.ratio >= figure.aim ? '✓' : '✗'} | ${figure.floorName} |`);
  }
}

/** What is measured on a real EventStoreDB, when there is one. */
async function measureEventStore(url: string, figures: Figure[]): Promise<void> {
  const store = openEventStore(url);
  try {
    if (wanted('eventstore_append_100')) figures.push(await measure(eventStoreAppendPair(store), repetitions));
    if (!wanted('eventstore_follow')) return;
    const held = await fillEventStore(store, Number(options['eventstore-events']));
    // Memory first: what the floor's runs leave on the heap would hide the follower's own.
    const memory = await measureFollowMemory(store, held);
    console.log(`\nMemory following ${memory.events.toLocaleString('en')} events: ${memory.atOneFifth} MB at a fifth of the way, at most ${memory.peakAfter} MB after it`);
    figures.push(await measure(eventStoreFollowPair(store, held), repetitions));
  } finally {
    await store.close();
  }
}

const dataDir = await mkdtemp(join(tmpdir(), 'arcadia-bench-'));
const server = await startEmbeddedPostgres({ dataDir: join(dataDir, 'postgres') });
const openPool = (max: number) => connect(server.target, { max, applicationName: 'bench' });
const service = await openService({
  target: server.target, clock: systemClock, newId: randomId, currency: 'AUD', logger: silentLogger, tax: { name: 'GST', rate: '0.10' },
  auth: { secret: TEST_SECRET, algorithms: ['HS512'] }, corsOrigins: [], cursorSecret: TEST_SECRET, digitalOcean: null, finance: null,
});
try {
  const figures: Figure[] = [];
  if (wanted('quote')) figures.push(await measure(quotePair(), repetitions));
  if (wanted('http_get')) {
    await seedCatalog(service.ledger, () => ({ actor: admin, correlationId: randomId(), commandId: randomId() }));
    const pair = await httpGetPair(service);
    figures.push(await measure(pair, repetitions));
    await pair.close();
  }
  // The service's own runner would share the cores with the next figures.
  const sql = openPool(4);
  await createFloorJournal(sql);
  await service.close();
  if (wanted('append_64')) {
    const { openPostgresLog } = await import('../../src/log/postgres-log.ts');
    const pool = openPool(2);
    figures.push(await measure(appendPair(await openPostgresLog(pool), sql), repetitions));
    await pool.end();
  }
  if (wanted('live_projection')) figures.push(await measure(liveProjectionPair(sql, openPool), repetitions));
  if (process.env.EVENTSTORE_URL !== undefined) await measureEventStore(process.env.EVENTSTORE_URL, figures);
  else if (wanted('eventstore_append_100') || wanted('eventstore_follow')) console.log('EVENTSTORE_URL is not set: the figures eventstore_append_100 and eventstore_follow are left out');
  print(figures);
  if (wanted('memory') && wanted('live_projection')) {
    const memory = await measureMemory(sql, benchProjection, openPool);
    console.log(`\nMemory over ${memory.events.toLocaleString('en')} events: ${memory.atOneFifth} MB at a fifth of the way, at most ${memory.peakAfter} MB after it`);
  }
  if (options.json !== undefined) await writeFile(options.json, JSON.stringify(figures.map(({ name, unit, value, floor, ratio }) => ({ name, unit, value, floor, ratio })), null, 2) + '\n');
  await sql.end();
} finally {
  await server.stop();
  await rm(dataDir, { recursive: true, force: true });
}

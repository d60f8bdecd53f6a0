import { fork, type ChildProcess } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { connect } from '../../src/database/connection.ts';
import { type ServerTarget } from '../../src/database/db.ts';
import { startEmbeddedPostgres } from '../../src/embedded/embedded-postgres.ts';
import { openEventStore } from '../../src/journal/eventstoredb/client.ts';
import { chromium } from '../support/browser/find-chromium.ts';
import { benches } from './benches.ts';
import type { Bench } from './context.ts';
import { eventStoreAppendPair } from './eventstore-append.ts';
import { eventStoreFollowPair, fillEventStore, measureFollowMemory } from './eventstore-follow.ts';
import { measure, type Figure } from './figure.ts';
import { growthFigures, measureGrowth } from './growth.ts';
import { asJson } from './as-json.ts';
import type { FigureTask } from './figure-process.ts';
import { ensurePeers } from './peers.ts';
import { printFigures } from './print.ts';
import { makeDataDir } from './data-dir.ts';
import { programBeside } from './programs.ts';

const eventStoreFigures = ['eventstore_append_100', 'eventstore_follow'];

const { values: options } = parseArgs({
  options: {
    json: { type: 'string' },
    only: { type: 'string' },
    repetitions: { type: 'string', default: '5' },
    events: { type: 'string', default: '1000000' },
    growth: { type: 'string' },
    'eventstore-events': { type: 'string', default: '250000' },
  },
});

/** The value of an option that takes a whole number above zero; exits with a message for another value. */
function count(name: 'repetitions' | 'events' | 'eventstore-events'): number {
  const value = Number(options[name]);
  if (Number.isSafeInteger(value) && value > 0) return value;
  return refuse(`--${name} takes a whole number above zero, not ${JSON.stringify(options[name])}`);
}

function refuse(message: string): never {
  console.error(message);
  process.exit(2);
}

const repetitions = count('repetitions');
const events = count('events');
const eventStoreEvents = count('eventstore-events');
const sizes = (options.growth ?? '1,3,10').split(',').map((millions) => Math.round(Number(millions) * 1e6));
if (sizes.some((size, n) => !(size > (sizes[n - 1] ?? 0) && size % 100_000 === 0)) || sizes.length < 2)
  refuse(
    `--growth takes rising millions of events, such as 0.1,0.3,1, not ${JSON.stringify(options.growth)}`,
  );
/** Growing takes longer than all other figures: it is measured where it is asked for. */
const usual = [...benches.map(({ name }) => name), ...eventStoreFigures];
const known = [...usual, ...growthFigures];
const needEventStore = [
  ...benches.flatMap(({ name, onEventStore }) => (onEventStore === true ? [name] : [])),
  ...eventStoreFigures,
];
const asked = (options.only?.split(',') ?? (options.growth === undefined ? usual : known)).flatMap((name) =>
  name === 'growth' ? growthFigures : [name],
);
const unknown = asked.find((name) => !known.includes(name));
if (unknown !== undefined)
  refuse(`no figure is named ${JSON.stringify(unknown)}; there are ${known.join(', ')}`);
const wanted = (name: string) => asked.includes(name);

/** The processes of the current figure; a signal to this process ends them too. */
const running = new Set<ChildProcess>();
let stopped: NodeJS.Signals | null = null;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    stopped = signal;
    for (const child of running) child.kill('SIGKILL');
  });
}

function follow(child: ChildProcess): void {
  running.add(child);
  child.once('close', () => running.delete(child));
}

/** Runs a step in its own process; `ok` is false when that failed (it has printed the reason). */
async function apart(task: FigureTask): Promise<{ ok: boolean; figure: Figure | null }> {
  const child = fork(programBeside('figure-process'), [JSON.stringify(task)]);
  follow(child);
  let figure: Figure | null = null;
  child.on('message', (message) => {
    figure = message as Figure;
  });
  const code = await new Promise<number | null>((resolve) => {
    child.once('close', resolve);
  });
  return { ok: code === 0, figure };
}

async function dropDatabase(server: ServerTarget, name: string): Promise<void> {
  const admin = connect(server, { max: 1, applicationName: 'bench' });
  await admin`drop database if exists ${admin(name)} with (force)`;
  await admin.end();
}

/** Measures the wanted figures on one server; drops each database once no later figure needs it. */
async function measureAll(
  server: ServerTarget,
  wantedBenches: readonly Bench[],
  figures: Figure[],
): Promise<string[]> {
  const failed: string[] = [];
  const databaseOf = ({ name, data }: Bench) => `bench_${data?.name ?? name}`;
  const prepared = new Set<string>();
  for (const [index, bench] of wantedBenches.entries()) {
    if (stopped !== null) break;
    const database = databaseOf(bench);
    const task = { name: bench.name, server, database, events, repetitions };
    if (!prepared.has(database) && (await apart({ ...task, step: 'prepare' })).ok) prepared.add(database);
    const { ok, figure } = prepared.has(database)
      ? await apart({ ...task, step: 'measure' })
      : { ok: false, figure: null };
    if (ok && figure !== null) figures.push(figure);
    else failed.push(bench.name);
    if (wantedBenches.slice(index + 1).some((next) => databaseOf(next) === database)) continue;
    prepared.delete(database);
    await dropDatabase(server, database);
  }
  return failed;
}

/** What is measured on a real EventStoreDB, when there is one. */
async function measureEventStore(url: string, figures: Figure[]): Promise<void> {
  const store = openEventStore(url);
  try {
    if (wanted('eventstore_append_100'))
      figures.push(await measure(eventStoreAppendPair(store), repetitions));
    if (!wanted('eventstore_follow')) return;
    const held = await fillEventStore(store, eventStoreEvents);
    // Memory is measured first: the heap that the floor's runs leave would hide the follower's own.
    const memory = await measureFollowMemory(store, held);
    console.log(
      `\nMemory following ${memory.events.toLocaleString('en')} events: ` +
        `${memory.atOneFifth} MB at a fifth of the way, at most ${memory.peakAfter} MB after it`,
    );
    figures.push(await measure(eventStoreFollowPair(store, held), repetitions));
  } finally {
    await store.close();
  }
}

const needsPeers = (name: string) => name.startsWith('emmett_');
const withPeers = asked.some(needsPeers) && (await ensurePeers());
if (asked.some(needsPeers) && !withPeers)
  console.log("The peers can't be installed here: the figures of emmett are left out.");
if (chromium === null && benches.some(({ name, inBrowser }) => inBrowser === true && wanted(name)))
  console.log('There is no browser (Chromium, or CHROMIUM): the figures of the console are left out.');
const eventStoreUrl = process.env['EVENTSTORE_URL'];
const wantedBenches = benches.filter(
  ({ name, onEventStore, inBrowser }) =>
    wanted(name) &&
    (withPeers || !needsPeers(name)) &&
    (chromium !== null || inBrowser !== true) &&
    (eventStoreUrl !== undefined || onEventStore !== true),
);

const dataDir = await makeDataDir('arcadia-bench-');
const figures: Figure[] = [];
let failed: string[] = [];
try {
  const postgres =
    wantedBenches.length === 0 ? null : await startEmbeddedPostgres({ dataDir: join(dataDir, 'postgres') });
  try {
    if (postgres !== null) failed = await measureAll(postgres.target, wantedBenches, figures);
  } finally {
    await postgres?.stop();
  }
  if (stopped === null && growthFigures.some(wanted)) {
    const growth = await measureGrowth(dataDir, { sizes, repetitions, wanted, onChild: follow });
    figures.push(...growth.figures);
    failed.push(...growth.failed);
  }
  if (eventStoreUrl !== undefined && stopped === null && eventStoreFigures.some(wanted))
    await measureEventStore(eventStoreUrl, figures);
  if (eventStoreUrl === undefined && needEventStore.some(wanted))
    console.log(
      `EVENTSTORE_URL is not set, these figures are left out: ${needEventStore.filter(wanted).join(', ')}.`,
    );
} finally {
  await rm(dataDir, { recursive: true, force: true });
}
printFigures(figures, {
  repetitions,
  events,
  machine: `${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown processor'}, Node ${process.version}`,
});
if (options.json !== undefined) {
  const rows = figures.map(asJson);
  await writeFile(options.json, JSON.stringify(rows, null, 2) + '\n');
}
for (const name of failed) console.error(`${name} could not be measured`);
if (stopped !== null) process.kill(process.pid, stopped);
process.exitCode = failed.length === 0 ? 0 : 1;

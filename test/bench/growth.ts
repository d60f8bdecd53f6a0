// What a unit costs as the ledger grows. One ledger is filled to each size in turn; what is measured there is
// measured on a ledger of the smallest size as well, in turn, so that both ran on the same machine.
import { join } from 'node:path';
import type { ChildProcess } from 'node:child_process';
import { connect } from '../../src/database/connection.ts';
import type { ServerTarget } from '../../src/database/db.ts';
import { startEmbeddedPostgres } from '../../src/embedded/embedded-postgres.ts';
import { createDatabase, openContext } from './context.ts';
import { median, shown, type Figure } from './figure.ts';
import { RUN_DAYS, SMALLEST_DAYS } from './growth-days.ts';
import { growthRoutes } from './growth-routes.ts';
import {
  startStep,
  type Cost,
  type GrowthStep,
  type GrowthTask,
  type RunningStep,
  type StepHost,
} from './growth-step.ts';

/** The figures, in the order in which they are printed. */
export const growthFigures: readonly string[] = [
  'growth_append',
  'growth_live',
  'growth_rebuild',
  'growth_verify',
  ...Object.keys(growthRoutes),
];

/** A unit may cost so many times as much in the largest ledger as in the smallest. */
const AIM = 1.15;
/** How much time the requests of one run take: short, so that both ledgers have the same neighbours. */
const RUN_US = 60_000;
/** So many runs of short requests stand for one repetition. */
const RUNS = 4;

/** How a growth is measured. */
export interface GrowthOptions {
  /** Events, rising; the smallest is a multiple of 100,000. */
  sizes: readonly number[];
  repetitions: number;
  wanted: (name: string) => boolean;
  onChild: (child: ChildProcess) => void;
}

interface Ledger {
  database: string;
  /** The days that it has. */
  days: number;
}

/** A figure at one size, beside the smallest. */
interface Measured {
  name: string;
  size: number;
  costs: readonly Cost[];
  smallest: readonly Cost[];
  /** The most memory of the process that worked on the larger one. */
  residentMb: number;
}

/** Measures the growth of a ledger to these sizes, from the smallest on, on a server of its own. */
export async function measureGrowth(
  dataDir: string,
  { sizes, repetitions, wanted, onChild }: GrowthOptions,
): Promise<{ figures: Figure[]; failed: string[] }> {
  // Vacuum runs when its work can disturb nothing, not by itself.
  const settings = { autovacuum: 'off' };
  const postgres = await startEmbeddedPostgres({ dataDir: join(dataDir, 'growth'), settings });
  const measured: Measured[] = [];
  const smallest = sizes[0] ?? 0;
  const children: ChildProcess[] = [];
  const host: StepHost = {
    serverPid: postgres.pid,
    onChild(child) {
      children.push(child);
      onChild(child);
    },
  };
  try {
    const growth = openGrowth(postgres.target, host, smallest);
    try {
      await growth.begin();
      for (const size of sizes.slice(1))
        await growth.measureAt(size, repetitions, wanted, (...more) => measured.push(...more));
    } finally {
      await growth.close();
    }
  } catch (error) {
    // What is measured so far counts.
    console.error(error);
    for (const child of children) child.kill('SIGKILL');
  } finally {
    await postgres.stop();
  }
  const largest = sizes.at(-1);
  const isMeasured = (name: string) => measured.some((one) => one.name === name && one.size === largest);
  return {
    figures: growthFigures.filter(wanted).flatMap((name) => figureOf(name, smallest, measured)),
    failed: growthFigures.filter((name) => wanted(name) && !isMeasured(name)),
  };
}

function openGrowth(server: ServerTarget, host: StepHost, smallestSize: number) {
  const thousands = smallestSize / SMALLEST_DAYS / 1_000;
  const admin = connect(server, { max: 1, applicationName: 'bench' });
  const smallest: Ledger = { database: 'bench_growth_smallest', days: SMALLEST_DAYS };
  const growing: Ledger = { database: 'bench_growth', days: SMALLEST_DAYS };
  /** The days of the growing one whose months are invoiced. */
  let settled = SMALLEST_DAYS;

  const start = async ({ database, days }: Ledger, step: GrowthStep, from = days): Promise<RunningStep> => {
    await admin`checkpoint`;
    const task: GrowthTask = { step, server, database, thousands, from, to: days };
    return startStep(task, host);
  };
  const once = async (ledger: Ledger, step: GrowthStep, from?: number): Promise<void> => {
    const running = await start(ledger, step, from);
    note(`${step} of ${ledger.database}`, [await running.run()]);
    await running.end();
  };
  const copy = async (from: Ledger, to: Ledger): Promise<void> => {
    await admin.unsafe(`create database ${to.database} template ${from.database} strategy file_copy`);
  };

  /** Minutes of work: once on each ledger, which is long enough to count. */
  const heavy = async (step: GrowthStep, size: number): Promise<Measured> => {
    const name = `growth_${step}`;
    const running = await start(growing, step);
    const costs = [await running.run()];
    const residentMb = await running.end();
    const other = await start(smallest, step);
    const floor = [await other.run()];
    await other.end();
    note(`${name} at ${size}, ${residentMb} MB`, costs, floor);
    return { name, size, costs, smallest: floor, residentMb };
  };

  const reads = async (size: number, repetitions: number, names: readonly string[]): Promise<Measured[]> => {
    const services = [await start(growing, 'serve'), await start(smallest, 'serve')] as const;
    const all: Omit<Measured, 'residentMb'>[] = [];
    for (const name of names) {
      const counts = [await warmUp(services[0], name), await warmUp(services[1], name)] as const;
      const [costs, floor] = await inTurn(
        Math.max(...counts) === 1 ? repetitions : repetitions * RUNS,
        () => services[0].get(name, counts[0]),
        () => services[1].get(name, counts[1]),
      );
      all.push({ name, size, costs, smallest: floor });
      note(`${name} at ${size}`, costs, floor);
    }
    const residentMb = await services[0].end();
    await services[1].end();
    return all.map((one) => ({ ...one, residentMb }));
  };

  /** Appends and follows them, on the growing ledger and a copy of the smallest. */
  const writes = async (size: number, repetitions: number): Promise<Measured[]> => {
    const other: Ledger = { database: 'bench_growth_copy', days: smallest.days };
    await copy(smallest, other);
    const [append, appendOther] = [await start(growing, 'append'), await start(other, 'append')];
    const [live, liveOther] = [await start(growing, 'live'), await start(other, 'live')];
    const pairs = await inTurn(
      repetitions + 1,
      async () => [await append.run(), await live.run()] as const,
      async () => [await appendOther.run(), await liveOther.run()] as const,
    );
    growing.days += (repetitions + 1) * RUN_DAYS;
    const memory = [await append.end(), await live.end()];
    await appendOther.end();
    await liveOther.end();
    await admin.unsafe(`drop database ${other.database} with (force)`);
    return ['growth_append', 'growth_live'].map((name, which) => {
      // The first runs warm up.
      const [costs = [], floor = []] = pairs.map((runs) => runs.slice(1).map((run) => run[which] as Cost));
      note(`${name} at ${size}, ${memory[which]} MB`, costs, floor);
      return { name, size, costs, smallest: floor, residentMb: memory[which] ?? 0 };
    });
  };

  return {
    async begin() {
      const context = openContext({ ...server, database: smallest.database }, 0);
      await createDatabase(server, context);
      await context.sql.end();
      await once(smallest, 'fill', 0);
      await once(smallest, 'rebuild');
      await once(smallest, 'settle', 0);
      await copy(smallest, growing);
    },
    async measureAt(
      size: number,
      repetitions: number,
      wanted: (name: string) => boolean,
      done: (...measured: Measured[]) => void,
    ) {
      const from = growing.days;
      growing.days = Math.round(size / thousands / 1_000);
      await once(growing, 'fill', from);
      if (wanted('growth_rebuild')) done(await heavy('rebuild', size));
      else await once(growing, 'rebuild');
      await once(growing, 'settle', settled);
      settled = growing.days;
      const [held] = await admin<{ mb: number }[]>`
        select (pg_database_size(${growing.database}) / 1000000)::bigint as mb`;
      process.stderr.write(`  ${growing.database} takes ${held?.mb ?? 0} MB on the disk\n`);
      await once(smallest, 'settle');
      if (wanted('growth_verify')) done(await heavy('verify', size));
      done(...(await reads(size, repetitions, Object.keys(growthRoutes).filter(wanted))));
      if (wanted('growth_append') || wanted('growth_live')) done(...(await writes(size, repetitions)));
    },
    close: () => admin.end(),
  };
}

/**
 * Lets the requests of a figure run until their data, their statements on each connection and their code are
 * warm; returns how many of them a run has.
 */
async function warmUp(service: RunningStep, name: string): Promise<number> {
  const paths = service.paths[name]?.length ?? 1;
  const { wall } = await service.get(name, paths);
  const count = Math.max(1, Math.ceil(RUN_US / wall));
  await service.get(name, count * RUNS);
  return count;
}

/** Both works so many times, changing places. */
async function inTurn<Result>(
  repetitions: number,
  one: () => Promise<Result>,
  other: () => Promise<Result>,
): Promise<[Result[], Result[]]> {
  const results: [Result[], Result[]] = [[], []];
  for (let n = 0; n < repetitions; n++)
    for (const which of n % 2 === 0 ? ([0, 1] as const) : ([1, 0] as const))
      results[which].push(await (which === 0 ? one : other)());
  return results;
}

const processorOf = ({ node, postgres }: Cost): number => node + postgres;

const parts = ['node', 'postgres', 'wall'] as const;

const combined = (costs: readonly Cost[], combine: (numbers: readonly number[]) => number): Cost => {
  const [node = 0, postgres = 0, wall = 0] = parts.map((part) => combine(costs.map((cost) => cost[part])));
  return { node, postgres, wall };
};

function note(what: string, ...runs: (readonly Cost[])[]): void {
  const text = runs.map((costs) => {
    const { node, postgres, wall } = combined(costs, median);
    return `Node ${shown(node)}, PostgreSQL ${shown(postgres)}, time ${shown(wall)}`;
  });
  process.stderr.write(`  ${what}: ${text.join('; at the smallest: ')} µs\n`);
}

/** The processor's cost at the largest size beside that at the smallest. */
function figureOf(name: string, smallestSize: number, measured: readonly Measured[]): Figure[] {
  const ofFigure = measured.filter((one) => one.name === name);
  const last = ofFigure.at(-1);
  if (last === undefined) return [];
  const ratioOf = ({ costs, smallest }: Measured) =>
    median(costs.map((cost, n) => processorOf(cost) / processorOf(smallest[n] as Cost)));
  const besides = ofFigure.flatMap((one) => {
    const { node, postgres, wall } = combined(one.costs, median);
    return Object.entries({ ratio: ratioOf(one), node_us: node, postgres_us: postgres, wall_us: wall }).map(
      ([beside, value]) => [`${beside}_at_${one.size}`, value] as const,
    );
  });
  const ratio = ratioOf(last);
  return [
    {
      name,
      unit: 'µs',
      value: median(last.costs.map(processorOf)),
      floor: median(last.smallest.map(processorOf)),
      floorName: `the processor's time at ${smallestSize.toLocaleString('en')} events`,
      ratio,
      aim: { ratioAtMost: AIM },
      met: ratio <= AIM,
      sameWork: null,
      rssMb: Math.max(...ofFigure.map(({ residentMb }) => residentMb)),
      besides: Object.fromEntries(besides),
    },
  ];
}

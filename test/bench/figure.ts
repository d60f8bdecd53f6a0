/** What the project aims at: a lowest ratio, or a bound of the ratio or of the value itself. */
export type Aim = number | { ratioAtMost: number } | { valueAtLeast: number } | { valueAtMost: number };

/** One measured figure: medians over repetitions, each repetition running the work and its floor in turn. */
export interface Figure {
  name: string;
  unit: string;
  value: number;
  /** Null when there is no simpler work to compare with. */
  floor: number | null;
  /** Speed as a share of the floor's speed: the median of the ratios of each repetition. */
  ratio: number | null;
  /** Null for figures that are only measured for comparison. */
  aim: Aim | null;
  met: boolean | null;
  /**
   * The most resident memory of the measuring process while the work ran, in MB, before the floor ran there
   * for the first time; a load generator may share the process.
   */
  rssMb: number;
  /** What the floor is. */
  floorName: string;
  /** Bytes on the disk for each event, by what they are for. */
  bytesPerEvent?: Record<string, number>;
}

/** A work and its floor, run in turn. In the unit `ms` less is better, in any other unit more. */
export interface Pair {
  name: string;
  unit: string;
  floorName: string;
  aim: Aim | null;
  value: () => Promise<number>;
  floor?: () => Promise<number>;
  /** Called once, after all repetitions. */
  bytesPerEvent?: () => Promise<Record<string, number>>;
  /**
   * Overrides the number of repetitions, for works of which one run is enough; there is no warm-up then.
   */
  repetitions?: number;
}

export const median = (numbers: readonly number[]): number =>
  [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] as number;

/** Seconds that a work took. */
export async function secondsOf(work: () => Promise<unknown>): Promise<number> {
  const start = process.hrtime.bigint();
  await work();
  return Number(process.hrtime.bigint() - start) / 1e9;
}

/**
 * Runs a pair: one uncounted warm-up, then `repetitions` in turn, value and floor changing places each time.
 */
export async function measure(pair: Pair, repetitions: number): Promise<Figure> {
  const { name, unit, aim, floorName } = pair;
  const memory = watchMemory();
  // Memory is no longer sampled once the floor has run: its heap is not the work's.
  let floorRan = false;
  const value = () => (floorRan ? pair.value() : memory.during(pair.value));
  const floor = async () => {
    if (pair.floor === undefined) return null;
    floorRan = true;
    return pair.floor();
  };
  if (pair.repetitions === undefined) {
    await value();
    await floor();
  }
  const runs: { value: number; floor: number | null }[] = [];
  const count = pair.repetitions ?? repetitions;
  for (let n = 0; n < count; n++) {
    const first = n % 2 === 0 ? await value() : await floor();
    const second = n % 2 === 0 ? await floor() : await value();
    const run =
      n % 2 === 0 ? { value: first as number, floor: second } : { value: second as number, floor: first };
    runs.push(run);
    const beside = run.floor === null ? '' : ` against ${shown(run.floor)}`;
    process.stderr.write(`  ${name} ${n + 1}/${count}: ${shown(run.value)}${beside} ${unit}\n`);
  }
  const ratios = runs.flatMap((run) =>
    run.floor === null ? [] : [unit === 'ms' ? run.floor / run.value : run.value / run.floor],
  );
  const figure = {
    name,
    unit,
    aim,
    floorName,
    value: median(runs.map((run) => run.value)),
    rssMb: memory.peakMb(),
    floor: ratios.length === 0 ? null : median(runs.map((run) => run.floor ?? 0)),
    ratio: ratios.length === 0 ? null : median(ratios),
  };
  const bytesPerEvent = await pair.bytesPerEvent?.();
  return { ...figure, met: isMet(aim, figure), ...(bytesPerEvent === undefined ? {} : { bytesPerEvent }) };
}

function isMet(aim: Aim | null, { value, ratio }: Pick<Figure, 'value' | 'ratio'>): boolean | null {
  if (aim === null) return null;
  if (typeof aim === 'number') return ratio !== null && ratio >= aim;
  if ('ratioAtMost' in aim) return ratio !== null && ratio <= aim.ratioAtMost;
  return 'valueAtLeast' in aim ? value >= aim.valueAtLeast : value <= aim.valueAtMost;
}

/** A number for printing, with at least three significant digits. */
export const shown = (value: number): string =>
  value.toLocaleString('en', { maximumFractionDigits: value < 10 ? 2 : value < 100 ? 1 : 0 });

/** Resident memory of this process while works run. */
function watchMemory() {
  let peak = 0;
  const sample = () => {
    peak = Math.max(peak, process.memoryUsage.rss());
  };
  return {
    async during<T>(work: () => Promise<T>): Promise<T> {
      const sampler = setInterval(sample, 20);
      try {
        return await work();
      } finally {
        sample();
        clearInterval(sampler);
      }
    },
    peakMb: () => Math.round(peak / 1e6),
  };
}

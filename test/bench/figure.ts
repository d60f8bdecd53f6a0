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
  /** Null where nothing was written by hand to compare with. */
  sameWork: SameWorkFigure | null;
  /**
   * The most resident memory of the measuring process while the work ran, in MB, before the floor ran there
   * for the first time; a load generator may share the process.
   */
  rssMb: number;
  /** What the floor is. */
  floorName: string;
  /** Further numbers, by name and unit, such as `records_per_processor_second`. */
  besides?: Record<string, number>;
  /** Bytes on the disk for each event, by what they are for. */
  bytesPerEvent?: Record<string, number>;
}

/** The same work written by hand, measured in the same run. */
export interface SameWorkFigure {
  floorName: string;
  floor: number;
  /** As a figure's ratio, against this floor. */
  ratio: number;
  aim: Aim | null;
  met: boolean | null;
}

/** A work and its floors, run in turn. In the unit `ms` less is better, in any other unit more. */
export interface Pair {
  name: string;
  unit: string;
  floorName: string;
  aim: Aim | null;
  value: () => Promise<number>;
  floor?: () => Promise<number>;
  /**
   * The same work in the plainest fast way: the same rows, tables, keys and answers, written by hand without
   * the product's own engine.
   */
  sameWork?: { floorName: string; aim: Aim | null; run: () => Promise<number> };
  /** Further numbers of all runs. Called once, after all repetitions. */
  besides?: () => Record<string, number>;
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
 * Runs a pair: one uncounted warm-up, then `repetitions` in turn, value and floors changing places each time.
 */
export async function measure(pair: Pair, repetitions: number): Promise<Figure> {
  const { name, unit, aim, floorName } = pair;
  const memory = watchMemory();
  // Memory is no longer sampled once a floor has run: its heap is not the work's.
  let floorRan = false;
  const afterwards = (floor: () => Promise<number>) => () => {
    floorRan = true;
    return floor();
  };
  const works: Work[] = [
    { of: 'value', run: () => (floorRan ? pair.value() : memory.during(pair.value)), runs: [] },
  ];
  if (pair.floor !== undefined) works.push({ of: 'floor', run: afterwards(pair.floor), runs: [] });
  if (pair.sameWork !== undefined)
    works.push({ of: 'sameWork', run: afterwards(pair.sameWork.run), runs: [] });
  if (pair.repetitions === undefined) for (const { run } of works) await run();
  const count = pair.repetitions ?? repetitions;
  for (let n = 0; n < count; n++) {
    for (const work of n % 2 === 0 ? works : works.toReversed()) work.runs.push(await work.run());
    const [value, ...floors] = works.map(({ runs }) => shown(runs[n] as number));
    const beside = floors.length === 0 ? '' : ` against ${floors.join(' and ')}`;
    process.stderr.write(`  ${name} ${n + 1}/${count}: ${value}${beside} ${unit}\n`);
  }
  const runsOf = (of: Work['of']) => works.find((work) => work.of === of)?.runs;
  const values = runsOf('value') as number[];
  const value = median(values);
  const floor = comparison(unit, values, runsOf('floor'));
  const byHand = comparison(unit, values, runsOf('sameWork'));
  const bytesPerEvent = await pair.bytesPerEvent?.();
  const besides = pair.besides?.();
  return {
    name,
    unit,
    aim,
    floorName,
    value,
    rssMb: memory.peakMb(),
    floor: floor?.floor ?? null,
    ratio: floor?.ratio ?? null,
    met: isMet(aim, { value, ratio: floor?.ratio ?? null }),
    sameWork:
      pair.sameWork === undefined || byHand === null
        ? null
        : {
            floorName: pair.sameWork.floorName,
            ...byHand,
            aim: pair.sameWork.aim,
            met: isMet(pair.sameWork.aim, { value, ratio: byHand.ratio }),
          },
    ...(besides === undefined ? {} : { besides }),
    ...(bytesPerEvent === undefined ? {} : { bytesPerEvent }),
  };
}

/** What is run in turn, and the results of its runs so far. */
interface Work {
  of: 'value' | 'floor' | 'sameWork';
  run: () => Promise<number>;
  runs: number[];
}

/** The median of a floor, and of the ratios of the repetitions. */
function comparison(unit: string, values: readonly number[], floors: readonly number[] | undefined) {
  if (floors === undefined) return null;
  const ratios = values.map((value, n) => {
    const floor = floors[n] as number;
    return unit === 'ms' ? floor / value : value / floor;
  });
  return { floor: median(floors), ratio: median(ratios) };
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

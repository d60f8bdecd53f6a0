/** One measured figure: medians over repetitions, each repetition running the work and its floor in turn. */
export interface Figure {
  name: string;
  unit: string;
  value: number;
  floor: number;
  /** value / floor, the median of the repetitions' own ratios. */
  ratio: number;
  /** What the project aims at for `ratio`. */
  aim: number;
  /** What the floor is. */
  floorName: string;
}

/** A pair of works that answer a rate each (per second), run in turn. */
export interface Pair {
  name: string;
  unit: string;
  floorName: string;
  aim: number;
  value: () => Promise<number>;
  floor: () => Promise<number>;
}

export const median = (numbers: readonly number[]): number => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] as number;

/** Seconds that a work took. */
export async function secondsOf(work: () => Promise<unknown>): Promise<number> {
  const start = process.hrtime.bigint();
  await work();
  return Number(process.hrtime.bigint() - start) / 1e9;
}

/** Runs a pair: one uncounted warm-up, then `repetitions` in turn, value and floor changing places each time. */
export async function measure(pair: Pair, repetitions: number): Promise<Figure> {
  await pair.value();
  await pair.floor();
  const values: number[] = [];
  const floors: number[] = [];
  for (let n = 0; n < repetitions; n++) {
    if (n % 2 === 0) {
      values.push(await pair.value());
      floors.push(await pair.floor());
    } else {
      floors.push(await pair.floor());
      values.push(await pair.value());
    }
    process.stderr.write(`  ${pair.name} ${n + 1}/${repetitions}: ${Math.round(values[n] as number)} against ${Math.round(floors[n] as number)} ${pair.unit}\n`);
  }
  return {
    name: pair.name, unit: pair.unit, floorName: pair.floorName, aim: pair.aim,
    value: median(values), floor: median(floors), ratio: median(values.map((value, n) => value / (floors[n] as number))),
  };
}

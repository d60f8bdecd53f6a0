/** A random whole number from 0, below a limit. */
export type RandomBelow = (below: number) => number;

/** One of some, at random. */
export function oneOf<T>(random: RandomBelow, some: readonly T[]): T {
  const chosen = some[random(some.length)];
  if (chosen === undefined) throw new Error('there is nothing to choose from');
  return chosen;
}

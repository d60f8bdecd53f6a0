// How the name in an invoice line is compared with the names of resources.
import { distance } from 'fastest-levenshtein';

/** A name as it is compared: trimmed, and in one Unicode form, so that both ways to write `é` are equal. */
export const exactName = (name: string): string => name.trim().normalize('NFC');

/** A name for a comparison without case. */
export const foldedName = (name: string): string => exactName(name).toLowerCase().normalize('NFC');

/** Names of other lengths than these are not compared letter by letter. */
const longestName = 128;
const shortestName = 3;
/** How many of the candidates with the most pairs in common are compared letter by letter. */
const mostLooked = 16;

/** Finds the nearest of many names to another. */
export interface NameIndex<T> {
  /** The nearest name; null where less than half of the letters agree. */
  find(name: string, isWanted: (candidate: T) => boolean): T | null;
}

/**
 * An index by pairs of letters. Near names share pairs, so only few of many names are compared letter by
 * letter. The first of equally near names wins.
 */
export function indexNames<T>(candidates: readonly T[], nameOf: (candidate: T) => string): NameIndex<T> {
  const names = candidates.map((candidate) => foldedName(nameOf(candidate)).slice(0, longestName));
  const byPair = new Map<string, number[]>();
  names.forEach((name, index) => {
    for (const pair of pairsOf(name)) {
      const known = byPair.get(pair);
      if (known === undefined) byPair.set(pair, [index]);
      else known.push(index);
    }
  });
  return {
    find(given, isWanted) {
      const name = foldedName(given).slice(0, longestName);
      if (name.length < shortestName) return null;
      const shared = new Map<number, number>();
      for (const pair of rarest(pairsOf(name), byPair)) {
        for (const index of byPair.get(pair) ?? []) shared.set(index, (shared.get(index) ?? 0) + 1);
      }
      const looked = [...shared]
        .filter(([index]) => isWanted(candidates[index] as T))
        .sort(([a, x], [b, y]) => y - x || a - b)
        .slice(0, mostLooked);
      let best: { index: number; letters: number } | null = null;
      for (const [index] of looked) {
        const other = names[index] as string;
        const letters = distance(name, other);
        if (letters * 2 > Math.max(name.length, other.length)) continue;
        if (best === null || letters < best.letters || (letters === best.letters && index < best.index))
          best = { index, letters };
      }
      return best === null ? null : (candidates[best.index] as T);
    },
  };
}

function pairsOf(name: string): Set<string> {
  const pairs = new Set<string>();
  for (let at = 0; at + 1 < name.length; at += 1) pairs.add(name.slice(at, at + 2));
  return pairs;
}

/**
 * How many candidates are counted for one name. Pairs that nearly all names have, such as `.c`, find nothing.
 */
const mostCounted = 5_000;

/** The pairs that the fewest names have, within {@link mostCounted} candidates. */
function rarest(pairs: ReadonlySet<string>, byPair: ReadonlyMap<string, readonly number[]>): string[] {
  let left = mostCounted;
  return [...pairs]
    .map((pair) => ({ pair, count: byPair.get(pair)?.length ?? 0 }))
    .sort((a, b) => a.count - b.count)
    .filter(({ count }) => (left -= count) >= 0)
    .map(({ pair }) => pair);
}

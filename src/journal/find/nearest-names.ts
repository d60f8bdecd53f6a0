import { distance } from 'fastest-levenshtein';

const most = 3;
/** A longer text is no mistyped name. */
const longest = 100;

/**
 * The names that a mistyped one may mean, nearest first: those that contain it or are contained in it, and
 * those with at most a third of their letters different that are at most two letters further off than the
 * nearest. A swap of two neighbours counts as two letters.
 */
export function nearestNames(names: readonly string[], typed: string): string[] {
  if (typed.length === 0 || typed.length > longest) return [];
  const wanted = typed.toLowerCase();
  const near = names
    .map((name) => ({ name, lower: name.toLowerCase() }))
    .map(({ name, lower }) => ({
      name,
      contains: lower.includes(wanted) || wanted.includes(lower),
      letters: distance(wanted, lower),
    }))
    .filter(({ contains, letters, name }) => contains || letters <= Math.max(2, Math.floor(name.length / 3)))
    .sort((a, b) => a.letters - b.letters || (a.name < b.name ? -1 : 1));
  const furthest = (near[0]?.letters ?? 0) + 2;
  return near
    .filter(({ contains, letters }) => contains || letters <= furthest)
    .slice(0, most)
    .map(({ name }) => name);
}

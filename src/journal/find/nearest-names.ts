/**
 * How many letters have to be put in, taken out, changed or swapped with their neighbour to make one word the
 * other.
 */
export function distance(a: string, b: string): number {
  let [before, row]: [number[], number[]] = [[], Array.from({ length: b.length + 1 }, (_, column) => column)];
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let least = Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        least = Math.min(least, (before[j - 2] ?? 0) + 1);
      next.push(least);
    }
    [before, row] = [row, next];
  }
  return row[b.length] ?? 0;
}

/** At most so many are proposed. */
const most = 3;
/** Longer texts are no typing error of a name. */
const longest = 100;

/**
 * The names that a mistyped one may mean, nearest first: those that contain it or are contained in it, and
 * those a few letters away.
 */
export function nearestNames(names: readonly string[], typed: string): string[] {
  if (typed.length === 0 || typed.length > longest) return [];
  const wanted = typed.toLowerCase();
  return names
    .map((name) => ({ name, lower: name.toLowerCase() }))
    .map(({ name, lower }) => ({
      name,
      contains: lower.includes(wanted) || wanted.includes(lower),
      letters: distance(wanted, lower),
    }))
    .filter(({ contains, letters, name }) => contains || letters <= Math.max(2, Math.floor(name.length / 4)))
    .sort((a, b) => a.letters - b.letters || (a.name < b.name ? -1 : 1))
    .slice(0, most)
    .map(({ name }) => name);
}

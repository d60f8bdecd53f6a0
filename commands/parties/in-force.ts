import { canonicalJson } from '../../src/runtime/canonical-json.ts';

/** Whether two dated facts say the same, from whatever day on. */
export function isSameFact(one: { effective_from: string }, other: { effective_from: string }): boolean {
  return canonicalJson({ ...one, effective_from: '' }) === canonicalJson({ ...other, effective_from: '' });
}

/** The dated fact in force on a day: that of the last day up to it; null before the first. */
export function inForceOn<Fact>(facts: Readonly<Record<string, Fact>>, day: string): Fact | null {
  const from = Object.keys(facts)
    .filter((start) => start <= day)
    .sort()
    .at(-1);
  return from === undefined ? null : (facts[from] ?? null);
}

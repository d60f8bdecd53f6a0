import { randomUUID } from 'node:crypto';
import { v5 } from 'uuid';

/** Namespace of every id that this system derives from natural keys. */
const namespace = '6f0f3d0e-5c0f-5e0b-9a53-2d3a6f3f7c11';

/**
 * A stable id from a natural key: uuid v5 over the JSON array of the key's parts,
 * so that `['a', 'bc']` and `['ab', 'c']` never meet.
 */
export function idFrom(...parts: (string | number | null)[]): string {
  return v5(JSON.stringify(parts), namespace);
}

/** Where fresh ids come from (one a request or a job run): an input, so that tests can repeat a run. */
export type NewId = () => string;

/** Random ids. */
export const randomId: NewId = () => randomUUID();

/** Ids that repeat from run to run, for tests. */
export function countingIds(seed = 'test'): NewId {
  let n = 0;
  return () => idFrom(seed, ++n);
}

import { idFrom, type NewId } from '../../../src/ledger/ids.ts';

/** Ids that repeat from run to run, for tests. */
export function countingIds(seed = 'test'): NewId {
  let n = 0;
  return () => idFrom(seed, ++n);
}

import type { Projection } from '../src/engine/projection.ts';

/** Every projection of the ledger: the one runner feeds them all. */
export const projections: readonly Projection[] = [];

import { messageOf } from '../projector-fold.ts';
import type { Poison } from '../projector-fold.ts';
import type { Projection } from '../projection.ts';
import type { RebuildOptions } from './build-shadows.ts';
import { ShadowFailed, swapIn } from './swap.ts';
import { withShadows } from './with-shadows.ts';

/** The outcome of one projection's rebuild. */
export type RebuildOutcome =
  | { name: string; version: number; status: 'completed'; position: number }
  | { name: string; version: number; status: 'failed'; reason: string; poison: Poison | null };

/**
 * Builds projections anew from the first event, each in a shadow schema beside its live tables, which go on
 * meanwhile; then swaps each in. A projection that fails keeps its live tables and stops no other. A kill at
 * any moment leaves the live tables whole; the next rebuild starts over.
 */
export async function rebuildProjections(
  projections: readonly Projection[],
  options: RebuildOptions,
): Promise<RebuildOutcome[]> {
  const outcomes = new Map<Projection, RebuildOutcome>();
  const fail = (projection: Projection, error: unknown) => {
    options.onFailed?.(projection, error);
    const poison = error instanceof ShadowFailed ? error.poison : null;
    outcomes.set(projection, {
      name: projection.name,
      version: projection.version,
      status: 'failed',
      reason: poison?.reason ?? messageOf(error),
      poison,
    });
  };
  await withShadows(projections, 'rebuild', options, fail, async ({ model, position: at, sql, record }) => {
    const { projection } = model;
    await record?.turn(projection, 'catching_up', at);
    const position = await swapIn(sql, model, at, options.signal);
    await record?.turn(projection, 'completed', position);
    outcomes.set(projection, {
      name: projection.name,
      version: projection.version,
      status: 'completed',
      position,
    });
  });
  return projections.map((projection) => outcomes.get(projection) as RebuildOutcome);
}

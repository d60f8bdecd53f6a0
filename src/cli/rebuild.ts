import { projections } from '../../projections/index.ts';
import { rebuildProjections, type RebuildOutcome } from '../read-models/rebuild/rebuild.ts';
import { silentLogger } from '../runtime/logger.ts';
import { showRebuild } from './show-rebuild.ts';
import { UsageError } from './usage-error.ts';
import { visible } from './visible.ts';
import { withLedger } from './with-ledger.ts';

/**
 * Answers `arcadia rebuild`.
 * @param names the projections to rebuild; empty: all of them
 * @returns the exit code: 1 where one could not be rebuilt, 130 when interrupted
 * @throws {UsageError} for a name that no projection has
 */
export async function runRebuild(names: readonly string[], json: boolean): Promise<number> {
  const unknown = names.filter((name) => !projections.some((projection) => projection.name === name));
  if (unknown.length > 0)
    throw new UsageError(
      `There is no projection ${unknown.join(', ')}. There are ` +
        `${projections.map(({ name }) => name).join(', ')}.`,
    );
  const chosen = projections.filter(({ name }) => names.length === 0 || names.includes(name));
  const start = performance.now();
  const outcomes = await withLedger(
    'The rebuild stops, and the live tables stay as they are',
    ({ openPool }, phases, signal) =>
      rebuildProjections(chosen, {
        openPool,
        logger: silentLogger,
        signal,
        onProgress: (done, total) => {
          phases.update('rebuilding', done, total);
        },
      }),
  );
  if (outcomes === null) return 130;
  process.stdout.write(
    json ? visible(`${JSON.stringify(outcomes)}\n`) : showRebuild(outcomes, performance.now() - start),
  );
  return outcomes.every(({ status }: RebuildOutcome) => status === 'completed') ? 0 : 1;
}

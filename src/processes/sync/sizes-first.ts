import { latestSizes } from '../../../projections/costs/size-queries.ts';
import { Refused } from '../../ledger/refusal.ts';
import type { ProcessDeps, ProcessRun } from '../process.ts';
import { syncSizes } from './sync-sizes.ts';

/**
 * Mirrors the sizes where no list price is known, so that findings have their money from the first sweep
 * on. A failure is logged and is no failure of the caller: a finding without its price is still a finding.
 */
export async function sizesFirst(
  deps: Pick<ProcessDeps, 'ledger' | 'digitalOcean' | 'logger'>,
  run: ProcessRun,
): Promise<void> {
  if (deps.digitalOcean === null) return;
  const known = await deps.ledger.readLatest(latestSizes);
  if (known.size > 0) return;
  try {
    await syncSizes(deps, run);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    deps.logger.warn({ error: error.message }, 'the sizes are not mirrored yet; findings go without prices');
  }
}

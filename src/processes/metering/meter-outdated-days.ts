import { outdatedDays } from '../../../projections/usage/tie-queries.ts';
import type { CommandMeta, Ledger } from '../../ledger/ledger.ts';
import { groupBy } from '../../runtime/group-by.ts';
import { meterDays } from './meter-days.ts';

/**
 * Meters the metered days anew that ties have changed since. What is to be done follows from the ties and the
 * usage alone, so that a run makes up what one that died between the two left. Without anything to do it adds
 * no event; invoiced days stay as they are.
 * @param deploymentIds limits it to these deployments
 * @returns how many days of deployments were metered anew
 */
export async function meterOutdatedDays(
  ledger: Ledger,
  run: { meta(): CommandMeta },
  deploymentIds?: readonly string[],
): Promise<number> {
  const found = await ledger.readLatest((db) => outdatedDays(db, deploymentIds));
  for (const [deploymentId, outdated] of groupBy(found, ({ deployment_id }) => deployment_id))
    await meterDays(ledger, {
      days: outdated.map(({ day }) => day),
      deploymentIds: [deploymentId],
      complete: false,
      meta: () => run.meta(),
    });
  return found.length;
}

import { openDrift } from '../../../projections/inventory/drift-queries.ts';
import type { Db } from '../../database/db.ts';
import { driftDeltas, knownSum } from '../drift-money.ts';
import { closeItem, firstNames, type CloseItem, type CloseScope } from './close-item.ts';
import { counted } from '../../runtime/counted.ts';

/**
 * Resources that differ from what was ordered: what they cost and what is billed may differ too. The amount
 * is what the sizes that are known cost a month more than the desired ones.
 */
export async function driftItem(db: Db, scope: Pick<CloseScope, 'today' | 'currency'>): Promise<CloseItem> {
  const { findings, names } = await openDrift(db);
  return closeItem('drift', 'warns', {
    count: findings.length,
    amount_cents: knownSum(await driftDeltas(db, findings, scope)),
    ok: 'Every resource with a spec is as it says.',
    detail: `${counted(findings.length, 'finding')} of drift open, on ${firstNames(names)}.`,
    link: '/api/v1/drift?status=open',
  });
}

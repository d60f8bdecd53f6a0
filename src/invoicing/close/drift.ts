import { openDrift } from '../../../projections/inventory/drift-queries.ts';
import type { Db } from '../../database/db.ts';
import { closeItem, counted, firstNames, type CloseItem } from './close-item.ts';

/** Resources that differ from what was ordered: what they cost and what is billed may differ too. */
export async function driftItem(db: Db): Promise<CloseItem> {
  const { count, names } = await openDrift(db);
  return closeItem('drift', 'warns', {
    count,
    ok: 'Every resource with a spec is as it says.',
    detail: `${counted(count, 'finding')} of drift open, on ${firstNames(names)}.`,
    link: '/api/v1/drift?status=open',
  });
}

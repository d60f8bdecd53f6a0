import { resourceIdOf } from '../../src/ledger/resource-id.ts';

const numeric = /^[1-9][0-9]*$/;
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The kind that a snapshot was taken of: as the provider says, else by the form of the id. */
function kindOfSource(said: unknown, id: string): string {
  if (typeof said === 'string' && said !== '') return said.toLowerCase();
  // An imported snapshot: droplets have numbers, volumes uuids.
  return numeric.test(id) ? 'droplet' : uuid.test(id) ? 'volume' : '';
}

/**
 * Our id of the droplet or volume that a backup or snapshot was taken of, also of one that was never seen.
 * Null for other kinds, and where the provider names none.
 */
export function sourceIdOf(kind: string, attrs: Readonly<Record<string, unknown>>): string | null {
  if (kind !== 'droplet_backup' && kind !== 'snapshot') return null;
  const named = attrs[kind === 'snapshot' ? 'resource_id' : 'droplet_id'];
  if (typeof named !== 'string' && typeof named !== 'number') return null;
  const id = String(named);
  const of = kind === 'snapshot' ? kindOfSource(attrs['resource_type'], id) : 'droplet';
  return id !== '' && (of === 'droplet' || of === 'volume') ? resourceIdOf(of, id) : null;
}

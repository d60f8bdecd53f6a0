import type { Ledger } from '../../ledger/ledger.ts';
import { dayOf } from '../../pricing/calendar.ts';
import { erasedTenants, unnamedForms } from '../../../projections/documents/frozen-queries.ts';
import { dropForm } from './document-store.ts';
import { frozenState } from './load-frozen.ts';

/**
 * Removes the documents of erased tenants that the law no longer asks for: those whose day has passed.
 * @returns how many rows
 */
export async function purgeDocuments(ledger: Ledger): Promise<number> {
  const tenants = await ledger.readLatest(erasedTenants);
  if (tenants.length === 0) return 0;
  const { count } = await ledger.query(
    (db) => db`
      delete from documents
      where tenant_id = any(${tenants}::text[]) and retain_until < ${dayOf(ledger.now())}::date`,
  );
  return count;
}

/** How long a freezer may take between its two steps. */
const orphanMinutes = 60;

/**
 * Removes bytes that no event names, which a freezer that died left behind. What the read models do not know
 * is looked up in the log before it is removed.
 * @param tenantId all of this tenant's at once, as an erasure does; default: those of all tenants that are
 * older than an hour
 * @returns how many rows
 */
export async function purgeOrphans(ledger: Ledger, tenantId?: string): Promise<number> {
  const minutes = tenantId === undefined ? orphanMinutes : 0;
  const unnamed = await ledger.readLatest((db) => unnamedForms(db, { tenantId, minutes }));
  let removed = 0;
  for (const one of unnamed) {
    const state = await frozenState(ledger, one.document_id);
    const named =
      one.form === 'content'
        ? state?.content_sha256 === one.sha256
        : state?.rendered.some(({ form, sha256 }) => form === one.form && sha256 === one.sha256) === true;
    if (named) continue;
    await ledger.query((db) => dropForm(db, one));
    removed += 1;
  }
  return removed;
}

import { keysLeftBehind } from '../../../projections/parties/customer-queries.ts';
import { keptOf } from '../../../projections/documents/frozen-queries.ts';
import { freshMeta } from '../../ledger/fresh-meta.ts';
import type { CommandMeta } from '../../ledger/ledger.ts';
import { freezeTenant } from '../documents/freeze-document.ts';
import type { FreezeDeps } from '../documents/freeze-documents.ts';
import { purgeOrphans } from '../documents/purge-documents.ts';
import { commands } from '../commands.ts';
import type { CustomerDeps } from './set-customer.ts';

/** What an erasure answers. */
export interface Erasure {
  tenant_id: string;
  /** The keys that were destroyed. */
  key_ids: string[];
  /** Frozen copies of issued documents, which the law keeps. */
  documents: { count: number; retain_until: string | null };
  /** The `Ledger-Position` after it. */
  position: string;
}

/**
 * Erases a customer's personal data by destroying its keys, once its issued documents are frozen. The event
 * comes before the destruction: from it on each field reads `erased`, and what a crash leaves of the keys is
 * destroyed by {@link finishErasures}. A customer that was erased before is left as it is.
 * @throws {Refused} `not-found` for a tenant without personal data; `conflict` where a document of it can't
 * be frozen
 */
export async function eraseCustomer(deps: FreezeDeps, tenantId: string, meta: CommandMeta): Promise<Erasure> {
  const { ledger, personal } = deps;
  await freezeTenant(deps, tenantId, () => freshMeta(ledger, meta));
  const documents = await ledger.readLatest((db) => keptOf(db, tenantId));
  const key_ids = await personal.keysOf(tenantId);
  const input = { tenant_id: tenantId, key_ids, documents_until: documents.retain_until };
  const { result, position } = await ledger.execute(commands.eraseCustomer, input, meta);
  await personal.destroy(result.key_ids);
  await purgeOrphans(ledger, tenantId);
  return { tenant_id: tenantId, key_ids: result.key_ids, documents, position };
}

/** Destroys keys whose erasure is recorded and that are still there. @returns how many */
export async function finishErasures({ ledger, personal }: CustomerDeps): Promise<number> {
  const left = await ledger.readLatest(keysLeftBehind);
  await personal.destroy(left);
  return left.length;
}

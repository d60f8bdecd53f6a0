import type { DocumentKey } from '../../../commands/documents/document.ts';
import { noteById } from '../../../projections/documents/content-queries.ts';
import { documentsDueNow } from '../../../projections/documents/due-queries.ts';
import { invoiceById } from '../../../projections/invoicing/invoice-queries.ts';
import { paymentById } from '../../../projections/receivables/payment-queries.ts';
import type { Db } from '../../database/db.ts';
import type { CommandMeta } from '../../ledger/ledger.ts';
import { refuse, Refused } from '../../ledger/refusal.ts';
import { settleAccounts } from '../receivables/settle-accounts.ts';
import { assignNumbers } from './assign-numbers.ts';
import { freezeDue, freezeNow, type FreezeDeps } from './freeze-documents.ts';
import { loadFrozen, type LoadedDocument } from './load-frozen.ts';

/**
 * The frozen content of a document, which is frozen now if it is not yet: the same that the background would
 * freeze.
 * @throws {Refused} `not-found`: there is no such issue or correction, or its content is no longer kept;
 * `no-seller` and `no-profile`, with the fields that are missing
 */
export async function freezeDocument(
  deps: FreezeDeps,
  key: DocumentKey,
  meta: () => CommandMeta,
): Promise<LoadedDocument> {
  const frozen = await loadFrozen(deps.ledger, key);
  if (frozen !== null) return frozen;
  await assignNumbers(deps.ledger, meta);
  const tenantIds = await deps.ledger.readLatest((db) => tenantsOf(db, key));
  await settleAccounts(deps, { tenantIds, meta });
  return freezeNow(deps, key, meta());
}

/** Whose document it is, alone: what fails for another tenant does not fail it. None: there is none. */
async function tenantsOf(db: Db, { kind, subject_id }: DocumentKey): Promise<string[]> {
  const find = { invoice: invoiceById, correction: noteById, receipt: paymentById }[kind];
  const subject = await find(db, subject_id);
  return subject === null ? [] : [subject.tenant_id];
}

/**
 * Freezes all that can be frozen of a tenant, as an erasure does before it destroys the tenant's keys.
 * @throws {Refused} `conflict` where one is left
 */
export async function freezeTenant(
  deps: FreezeDeps,
  tenantId: string,
  meta: () => CommandMeta,
): Promise<void> {
  await assignNumbers(deps.ledger, meta);
  await settleAccounts(deps, { tenantIds: [tenantId], meta });
  await freezeDue(deps, { tenantId }, meta);
  const [left] = await deps.ledger.readLatest((db) => documentsDueNow(db, { tenantId, limit: 1 }));
  if (left !== undefined)
    throw new Refused(refuse('conflict', 'not every document of the customer is frozen; try again'));
}

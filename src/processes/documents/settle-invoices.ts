import type { CommandMeta } from '../../ledger/ledger.ts';
import { settleAccounts } from '../receivables/settle-accounts.ts';
import { assignNumbers } from './assign-numbers.ts';
import { freezeDue, type FreezeDeps } from './freeze-documents.ts';

/** Up to so many documents are frozen at once; more are left to the background. */
const frozenAtOnce = 50;

/**
 * What happens by itself behind an issue: numbers, then the balance of accounts pays, then documents are
 * frozen. All of it is decided from what is not done yet, so that it may be repeated, and be run by many at
 * once. What fails is logged: the invoices stand, and the background goes on with it.
 * @param subjectIds the invoices and corrections that were issued, whose documents are to be frozen now; of
 * more than fifty they are left to the background
 */
export async function settleInvoices(
  deps: FreezeDeps,
  subjectIds: readonly string[],
  meta: () => CommandMeta,
): Promise<void> {
  try {
    await assignNumbers(deps.ledger, meta);
    await settleAccounts(deps, { meta });
    if (subjectIds.length > 0 && subjectIds.length <= frozenAtOnce)
      await freezeDue(deps, { subjectIds }, meta);
  } catch (error) {
    deps.logger.error({ err: error }, 'invoices stand, but are not all numbered or settled yet');
  }
}

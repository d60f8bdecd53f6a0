import { freshMeta } from '../../ledger/fresh-meta.ts';
import type { CommandMeta, Ledger } from '../../ledger/ledger.ts';
import { Refused } from '../../ledger/refusal.ts';
import { commands } from '../commands.ts';
import { settleAccounts } from './settle-accounts.ts';

/**
 * Voids an invoice that has no payment. One that comes in at the same moment returns to the balance of its
 * tenant, at once or by the background.
 * @returns the `Ledger-Position` after it
 * @throws {Refused} as `voidInvoice` does
 */
export async function voidUnpaid(
  ledger: Ledger,
  input: { invoice_id: string; reason: string | null },
  meta: CommandMeta,
): Promise<string> {
  const { result, position } = await ledger.execute(commands.voidInvoice, input, meta);
  if (result === null) return position;
  const further = () => freshMeta(ledger, { actor: meta.actor, correlationId: meta.correlationId });
  try {
    const settled = await settleAccounts({ ledger }, { tenantIds: [result.tenant_id], meta: further });
    return settled === 0 ? position : await ledger.position();
  } catch (error) {
    if (error instanceof Refused) return position;
    throw error;
  }
}

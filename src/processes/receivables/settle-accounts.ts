import { unsettledTenants, untakenNotes } from '../../../projections/receivables/settle-queries.ts';
import { freshMeta } from '../../ledger/fresh-meta.ts';
import type { CommandMeta, Ledger } from '../../ledger/ledger.ts';
import { groupBy } from '../../runtime/group-by.ts';
import { mapBounded } from '../../runtime/map-bounded.ts';
import { commands } from '../commands.ts';

/** Whose accounts to settle, and in which name. */
export interface SettleRequest {
  /** Default: all. */
  tenantIds?: readonly string[] | undefined;
  /** Default: the settlement itself. */
  meta?: () => CommandMeta;
}

const settler = { sub: 'process:receivables', tenant_id: null, roles: ['automatic'] };

/**
 * Brings accounts into order (spec 18): credit notes are taken in, what void invoices and smaller reissues no
 * longer take returns to the balance, and the balance pays what is open. Called after each issue, void and
 * correction; a second call adds nothing.
 * @returns how many tenants' accounts changed
 */
export async function settleAccounts(
  { ledger }: { ledger: Ledger },
  { tenantIds, meta = () => freshMeta(ledger, { actor: settler }) }: SettleRequest = {},
): Promise<number> {
  const scope = { tenantIds, currency: ledger.currency };
  const { tenants, notes } = await ledger.readLatest(async (db) => ({
    tenants: await unsettledTenants(db, scope),
    notes: groupBy(await untakenNotes(db, scope), ({ tenant_id }) => tenant_id),
  }));
  const changed = await mapBounded([...new Set([...tenants, ...notes.keys()])], async (tenant_id) => {
    let appended = 0;
    for (const note of notes.get(tenant_id) ?? [])
      appended += (await ledger.execute(commands.takeCreditNote, note, meta())).appended;
    // A note that was taken has settled the account with it.
    if (appended === 0)
      appended += (await ledger.execute(commands.settleAccount, { tenant_id }, meta())).appended;
    return appended > 0;
  });
  return changed.filter(Boolean).length;
}

import type { CommandMeta } from '../../ledger/ledger.ts';
import { commands } from '../commands.ts';
import { setCustomer, type CustomerDeps } from '../parties/set-customer.ts';
import { checkItems, type CheckedCustomer, type ImportCounts } from './check-items.ts';
import type { ImportItem, RowError } from './import-format.ts';

/** What came of a file. */
export interface ImportOutcome {
  errors: RowError[];
  /** What it adds, or would add. */
  counts: ImportCounts;
}

/**
 * Takes a running business in (spec 18). Everything is checked first; with any error, or in a dry run,
 * nothing is written. All it adds has natural keys: the same file again adds nothing, and completes what a
 * crash cut off.
 * @param found errors of the file itself
 */
export async function importCustomers(
  deps: CustomerDeps,
  {
    items,
    errors: found,
    dryRun,
  }: { items: readonly ImportItem[]; errors: readonly RowError[]; dryRun: boolean },
  meta: CommandMeta,
): Promise<ImportOutcome> {
  const checked = await checkItems(deps, items, meta);
  const errors = [...found, ...checked.errors].sort((a, b) => a.row - b.row);
  if (errors.length === 0 && !dryRun)
    for (const customer of checked.customers) await importCustomer(deps, customer, meta);
  return { errors, counts: checked.would };
}

/** One customer: its profile, then its deployments, then what it owes. */
async function importCustomer(
  deps: CustomerDeps,
  { customer, deployments }: CheckedCustomer,
  meta: CommandMeta,
): Promise<void> {
  const { tenant_id, profile, opening_balance } = customer;
  await setCustomer(deps, tenant_id, profile, meta);
  for (const { input } of deployments) await deps.ledger.execute(commands.importDeployment, input, meta);
  if (opening_balance === null) return;
  const { amount_cents, on } = opening_balance;
  await deps.ledger.execute(commands.setOpeningBalance, { tenant_id, amount_cents, on }, meta);
}

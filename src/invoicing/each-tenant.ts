import { setImmediate as turn } from 'node:timers/promises';
import { noteTenant, type TenantOutcomes } from '../pricing/billable.ts';
import type { TenantInvoicingInputs } from '../pricing/invoice.ts';

/** After so many tenants other requests get their turn. */
const tenantsATurn = 200;

/**
 * Computes something for each tenant in turn. A tenant whose month can't be billed is named with the reason
 * and does not fail the others.
 */
export async function eachTenant<T>(
  inputs: readonly TenantInvoicingInputs[],
  compute: (tenant: TenantInvoicingInputs) => T,
): Promise<TenantOutcomes<T>> {
  const outcome: TenantOutcomes<T> = { results: [], not_billable: [] };
  for (const [index, tenant] of inputs.entries()) {
    if (index % tenantsATurn === tenantsATurn - 1) await turn();
    noteTenant(outcome, tenant.tenant_id, () => compute(tenant));
  }
  return outcome;
}

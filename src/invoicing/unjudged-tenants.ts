/**
 * Which tenants of a month no rollup has judged: the one answer behind rollup, margin and leakage. A rollup
 * over all tenants judges each tenant that has facts of the month: it issues an invoice, or finds nothing to
 * bill. A straggler is a tenant without an invoice that got facts afterwards, or whose month could not be
 * billed.
 */
import { completedMonths } from '../../projections/invoicing/rollup-queries.ts';
import { stragglers, type Straggler } from '../../projections/invoicing/straggler-queries.ts';
import type { Db } from '../database/db.ts';
import type { TenantInvoicingInputs } from '../pricing/invoice.ts';
import { loadInvoicingInputs, type InvoicingScope } from './load-invoicing-inputs.ts';

/** What is left to judge of a month. */
export interface Unjudged {
  /** A rollup over all tenants has completed the month: the stragglers alone are left. */
  isRolledUp: boolean;
  stragglers: Straggler[];
}

/** What is left of a month that was never rolled up. */
export const wholeMonth: Unjudged = { isRolledUp: false, stragglers: [] };

/** @param period first day of the month */
export async function unjudgedOf(db: Db, period: string): Promise<Unjudged> {
  const [completed, left] = await Promise.all([completedMonths(db, [period]), stragglers(db, { period })]);
  return { isRolledUp: completed.length > 0, stragglers: left };
}

/** The inputs of the tenants that are left to judge, all tenants of a month that was not rolled up. */
export async function unjudgedInputs(
  db: Db,
  scope: InvoicingScope,
  unjudged: Unjudged,
): Promise<TenantInvoicingInputs[]> {
  return unjudged.isRolledUp ? inputsOf(db, scope, unjudged.stragglers) : loadInvoicingInputs(db, scope);
}

/** Beyond so many tenants the whole month is read at once. */
const mostSingleLoads = 20;

/** The inputs of a few tenants, in the order of their ids. */
async function inputsOf(
  db: Db,
  scope: InvoicingScope,
  tenants: readonly Straggler[],
): Promise<TenantInvoicingInputs[]> {
  const wanted = new Set(tenants.map(({ tenant_id }) => tenant_id));
  if (wanted.size > mostSingleLoads)
    return (await loadInvoicingInputs(db, scope)).filter(({ tenant_id }) => wanted.has(tenant_id));
  const inputs: TenantInvoicingInputs[] = [];
  for (const tenantId of [...wanted].sort())
    inputs.push(...(await loadInvoicingInputs(db, { ...scope, tenantId })));
  return inputs;
}

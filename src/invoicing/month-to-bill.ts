/** What of a month is left to bill, computed once for all that judge it. */
import { invoicesOfPeriod, type ExistingInvoice } from '../../projections/invoicing/invoice-queries.ts';
import type { Db } from '../database/db.ts';
import { billableMonth, type TenantOutcomes } from '../pricing/billable.ts';
import type { BilledInvoice, TenantInvoicingInputs } from '../pricing/invoice.ts';
import { eachTenant } from './each-tenant.ts';
import { factsOfMonth, type FactsOfMonth } from './facts-of-month.ts';
import type { InvoicingScope } from './load-invoicing-inputs.ts';
import { readUnbilled, unbilledOfPeriod, type UnbilledOfTenant } from './unbilled.ts';
import { unjudgedInputs, unjudgedOf } from './unjudged-tenants.ts';

/** A month's invoices, and what a rollup would issue besides. */
export interface MonthToBill {
  /** A rollup over all tenants has completed the month. */
  isRolledUp: boolean;
  /** The month's invoices by tenant, void ones included. */
  invoices: ReadonlyMap<string, ExistingInvoice>;
  /** What the tenants without an invoice are left to be billed, and whose month can't be. */
  left: TenantOutcomes<BilledInvoice>;
  /** Which deployments were in force. */
  facts: FactsOfMonth;
  /** What was used on days that were not in force, of every tenant. */
  unbilled: readonly UnbilledOfTenant[];
}

export type MonthScope = Pick<InvoicingScope, 'period' | 'currency' | 'seedTax'>;

/**
 * Bills what of a month no rollup has judged, by the rollup's own computation.
 * @param db one snapshot
 */
export async function monthToBill(db: Db, scope: MonthScope): Promise<MonthToBill> {
  const { period } = scope;
  const invoices = new Map(
    (await invoicesOfPeriod(db, { period })).map((invoice) => [invoice.tenant_id, invoice]),
  );
  const unjudged = await unjudgedOf(db, period);
  const inputs = await unjudgedInputs(db, scope, unjudged);
  const { results, not_billable } = await eachTenant(
    inputs.filter(({ tenant_id }) => !invoices.has(tenant_id)),
    (tenant) => billableMonth(tenant) ?? [],
  );
  return {
    isRolledUp: unjudged.isRolledUp,
    invoices,
    left: { results: results.flat(), not_billable },
    ...(unjudged.isRolledUp ? await factsOfRolledUp(db, period) : factsAmong(period, inputs)),
  };
}

type Facts = Pick<MonthToBill, 'facts' | 'unbilled'>;

/** Of a month that was rolled up, its usage is billed: what of it is not is few, and read alone. */
async function factsOfRolledUp(db: Db, period: string): Promise<Facts> {
  const facts = await factsOfMonth(db, period);
  return { facts, unbilled: await readUnbilled(db, period, facts) };
}

/** Of a month that was not rolled up, the inputs have every tenant. */
function factsAmong(period: string, inputs: readonly TenantInvoicingInputs[]): Facts {
  const histories = inputs.flatMap(({ tenant_id, deployments }) =>
    deployments.flatMap(({ deployment_id, facts }) =>
      facts.length === 0 ? [] : [{ deployment_id, tenant_id, facts: [...facts] }],
    ),
  );
  return { facts: { steady: new Map(), histories }, unbilled: unbilledOfPeriod(period, inputs) };
}

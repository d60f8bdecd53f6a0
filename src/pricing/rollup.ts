/**
 * The month of a tenant: the one pure computation behind rollup, accrual, what-if, explain, verify and margin.
 */
import type { BilledInvoice, BilledLine, DeploymentBillingInputs, Tax, TenantBillingInputs } from './billing.ts';
import { lastDay, monthOf } from './calendar.ts';
import { deploymentLines } from './deployment-lines.ts';
import type { DeploymentLines } from './deployment-lines.ts';
import { addCents, compareDecimals, convertCents, shiftDecimal, totalOf } from './money.ts';
import { pricesInForce } from './resource-prices.ts';
import type { PricesInForce } from './resource-prices.ts';

/**
 * A tenant's invoice for a month, lines in the order of deployment ids with the tax line last.
 * @returns null when there is nothing to invoice: no line at all.
 * @throws RangeError when a plan is in another currency than the ledger's, and for malformed or too large amounts.
 */
export function billTenant(inputs: TenantBillingInputs): BilledInvoice | null {
  return invoiceFrom(inputs, billDeployments(inputs));
}

/**
 * The invoice that a tenant's deployments come to.
 * @param billed what {@link billDeployments} made of the same inputs
 * @returns null when there is no line at all.
 * @throws RangeError for totals beyond the safe integers.
 */
export function invoiceFrom(inputs: TenantBillingInputs, billed: readonly DeploymentLines[]): BilledInvoice | null {
  const lines = billed.flatMap(({ deployment_id, recurring, overage, llm }) =>
    [...recurring, ...overage, ...llm].map((line): BilledLine => ({ deployment_id, ...line })));
  if (lines.length === 0) return null;
  const subtotal = totalOf(lines);
  const taxLines = taxLine(subtotal, inputs.tax);
  const taxCents = totalOf(taxLines);
  return {
    tenant_id: inputs.tenant_id,
    period_start: inputs.period,
    period_end: lastDay(inputs.period),
    currency: inputs.currency,
    tax: inputs.tax,
    lines: [...lines, ...taxLines],
    subtotal_cents: subtotal,
    tax_cents: taxCents,
    total_cents: addCents(subtotal, taxCents),
    unpriced: billed.flatMap(({ deployment_id, unpriced }) =>
      unpriced.map((kind) => ({ deployment_id, resource_kind: kind }))),
  };
}

/**
 * The month's lines of each of a tenant's deployments, in the order of their ids, whatever order the loader used.
 * @throws RangeError as {@link billTenant}.
 */
export function billDeployments(inputs: TenantBillingInputs): DeploymentLines[] {
  if (inputs.period !== monthOf(inputs.period)) throw new RangeError(`not a period: ${JSON.stringify(inputs.period)}`);
  let inForce: PricesInForce | null = null;
  const prices = (): PricesInForce => (inForce ??= pricesInForce(inputs.resource_prices, lastDay(inputs.period)));
  const month = { period: inputs.period, currency: inputs.currency, prices };
  return [...inputs.deployments].sort(byId).map((deployment) => deploymentLines(deployment, month));
}

function byId(a: DeploymentBillingInputs, b: DeploymentBillingInputs): number {
  return a.deployment_id < b.deployment_id ? -1 : a.deployment_id > b.deployment_id ? 1 : 0;
}

/** One line on the subtotal, rounded once; none at rate 0. */
function taxLine(subtotalCents: number, tax: Tax): BilledLine[] {
  if (compareDecimals(tax.rate, '0') === 0) return [];
  const rate = shiftDecimal(tax.rate, 0);
  return [{
    deployment_id: null,
    kind: 'tax',
    resource_kind: null,
    description: `${tax.name} ${shiftDecimal(rate, -2)} %`,
    qty: rate,
    unit: 'subtotal',
    unit_price_cents: subtotalCents,
    amount_cents: convertCents(subtotalCents, rate),
    meta: { tax_name: tax.name, tax_rate: rate, subtotal_cents: subtotalCents },
  }];
}

/** The month of a tenant: the one pure computation behind rollup, accrual, what-if, explain and verify. */
import type { BilledInvoice, DeploymentInvoicingInputs, TenantInvoicingInputs } from './invoice.ts';
import type { BilledLine } from './types.ts';
import { lastDay, monthOf } from './calendar.ts';
import { deploymentLines, type BilledMonth, type DeploymentLines } from './deployment-lines.ts';
import type { LineWithInputs, TaxInputs } from './line-inputs.ts';
import { addCents, canonicalDecimal, compareDecimals, convertCents, shiftDecimal, totalOf } from './money.ts';
import { pricesInForce, type PricesInForce } from './resource-prices.ts';

/**
 * A tenant's invoice for a month, lines in the order of deployment ids with the tax line last, each with the
 * inputs that it was computed from.
 * @returns null when there is nothing to invoice: no line at all.
 * @throws RangeError when a plan is in another currency than the ledger's, and for malformed or too large
 * amounts.
 */
export function billTenant(inputs: TenantInvoicingInputs): BilledInvoice | null {
  const deployments = billDeployments(inputs);
  const lines = deployments.flatMap(({ deployment_id, recurring, overage, llm, charges }) =>
    [...recurring, ...overage, ...llm, ...charges].map(
      ({ line, inputs: from }): LineWithInputs<BilledLine> => ({
        line: { deployment_id, ...line },
        inputs: from,
      }),
    ),
  );
  if (lines.length === 0) return null;
  const taxed = lines.map(({ line }) => line);
  const subtotal_cents = totalOf(taxed);
  const taxLine = taxLineOf({ kind: 'tax', tax: inputs.tax, taxed, subtotal_cents });
  const tax_cents = taxLine?.line.amount_cents ?? 0;
  return {
    tenant_id: inputs.tenant_id,
    period_start: inputs.period,
    period_end: lastDay(inputs.period),
    currency: inputs.currency,
    tax: inputs.tax,
    lines: taxLine === null ? lines : [...lines, taxLine],
    subtotal_cents,
    tax_cents,
    total_cents: addCents(subtotal_cents, tax_cents),
    unpriced: deployments.flatMap(({ deployment_id, unpriced }) =>
      unpriced.map((usage) => ({ deployment_id, ...usage })),
    ),
    unbilled: deployments.flatMap(({ deployment_id, used }) =>
      used.unbilled.map((usage) => ({ deployment_id, ...usage })),
    ),
    unmetered: unmeteredOf(inputs),
  };
}

function unmeteredOf({ deployments }: TenantInvoicingInputs): BilledInvoice['unmetered'] {
  return [...deployments]
    .sort(byId)
    .flatMap(({ deployment_id, unmetered }) => unmetered.map((resource) => ({ deployment_id, ...resource })));
}

/**
 * The month's lines of each of a tenant's deployments, in the order of their ids.
 * @throws RangeError as {@link billTenant}.
 */
export function billDeployments(inputs: TenantInvoicingInputs): DeploymentLines[] {
  if (inputs.period !== monthOf(inputs.period))
    throw new RangeError(`not a period: ${JSON.stringify(inputs.period)}`);
  const month = billedMonth(inputs);
  return [...inputs.deployments].sort(byId).map((deployment) => deploymentLines(deployment, month));
}

/** What the lines of a tenant's deployments are computed with. */
export function billedMonth({ period, currency, resource_prices }: TenantInvoicingInputs): BilledMonth {
  let inForce: PricesInForce | null = null;
  const prices = (): PricesInForce => (inForce ??= pricesInForce(resource_prices, lastDay(period)));
  return { period, currency, prices };
}

function byId(a: DeploymentInvoicingInputs, b: DeploymentInvoicingInputs): number {
  return a.deployment_id < b.deployment_id ? -1 : a.deployment_id > b.deployment_id ? 1 : 0;
}

/** One line on the subtotal, rounded once; null at rate 0. */
function taxLineOf(inputs: TaxInputs): LineWithInputs<BilledLine> | null {
  const { tax, subtotal_cents } = inputs;
  if (compareDecimals(tax.rate, '0') === 0) return null;
  const rate = canonicalDecimal(tax.rate);
  const line: BilledLine = {
    deployment_id: null,
    kind: 'tax',
    resource_kind: null,
    description: `${tax.name} ${shiftDecimal(rate, -2)} %`,
    qty: rate,
    unit: 'subtotal',
    unit_price_cents: subtotal_cents,
    amount_cents: convertCents(subtotal_cents, rate),
    meta: { tax_name: tax.name, tax_rate: rate, subtotal_cents },
  };
  return { line, inputs };
}

/**
 * The month of a tenant: the one pure computation behind rollup, accrual, what-if, explain and verify.
 */
import type {
  BilledInvoice,
  BilledLine,
  DeploymentInvoicingInputs,
  Tax,
  TenantInvoicingInputs,
} from './invoice.ts';
import { lastDay, monthOf } from './calendar.ts';
import { deploymentLines } from './deployment-lines.ts';
import type { DeploymentLines } from './deployment-lines.ts';
import type { TracedLine } from './line-inputs.ts';
import { addCents, compareDecimals, convertCents, shiftDecimal, totalOf } from './money.ts';
import { pricesInForce } from './resource-prices.ts';
import type { PricesInForce } from './resource-prices.ts';

/** A tenant's month, each line with what it was computed from, in the invoice's order. */
export interface TracedInvoice {
  billed: BilledInvoice;
  lines: TracedLine<BilledLine>[];
}

/**
 * A tenant's invoice for a month, lines in the order of deployment ids with the tax line last.
 * @returns null when there is nothing to invoice: no line at all.
 * @throws RangeError when a plan is in another currency than the ledger's, and for malformed or too large
 * amounts.
 */
export function billTenant(inputs: TenantInvoicingInputs): BilledInvoice | null {
  return traceTenant(inputs)?.billed ?? null;
}

/**
 * What {@link billTenant} bills, and what each line was computed from.
 * @returns null when there is no line at all.
 * @throws RangeError as {@link billTenant}.
 */
export function traceTenant(inputs: TenantInvoicingInputs): TracedInvoice | null {
  const deployments = billDeployments(inputs);
  const lines = deployments.flatMap(({ deployment_id, recurring, overage, llm }) =>
    [...recurring, ...overage, ...llm].map(({ line, inputs: from }): TracedLine<BilledLine> => ({
      line: { deployment_id, ...line },
      inputs: from,
    })),
  );
  if (lines.length === 0) return null;
  const subtotal = totalOf(lines.map(({ line }) => line));
  const taxLines = taxLine(subtotal, inputs.tax);
  const taxCents = totalOf(taxLines);
  const traced = [
    ...lines,
    ...taxLines.map((line): TracedLine<BilledLine> => ({ line, inputs: { kind: 'tax', tax: inputs.tax } })),
  ];
  const billed = {
    tenant_id: inputs.tenant_id,
    period_start: inputs.period,
    period_end: lastDay(inputs.period),
    currency: inputs.currency,
    tax: inputs.tax,
    lines: traced.map(({ line }) => line),
    subtotal_cents: subtotal,
    tax_cents: taxCents,
    total_cents: addCents(subtotal, taxCents),
    unpriced: deployments.flatMap(({ deployment_id, unpriced }) =>
      unpriced.map((usage) => ({ deployment_id, ...usage })),
    ),
    unbilled: deployments.flatMap(({ deployment_id, unbilled }) =>
      unbilled.map((usage) => ({ deployment_id, ...usage })),
    ),
    unmetered: unmeteredOf(inputs),
  };
  return { billed, lines: traced };
}

function unmeteredOf({ deployments }: TenantInvoicingInputs): BilledInvoice['unmetered'] {
  return [...deployments]
    .sort(byId)
    .flatMap(({ deployment_id, unmetered }) => unmetered.map((resource) => ({ deployment_id, ...resource })));
}

/**
 * The month's lines of each of a tenant's deployments, in the order of their ids, whatever order the loader
 * used.
 * @throws RangeError as {@link billTenant}.
 */
export function billDeployments(inputs: TenantInvoicingInputs): DeploymentLines[] {
  if (inputs.period !== monthOf(inputs.period))
    throw new RangeError(`not a period: ${JSON.stringify(inputs.period)}`);
  let inForce: PricesInForce | null = null;
  const prices = (): PricesInForce =>
    (inForce ??= pricesInForce(inputs.resource_prices, lastDay(inputs.period)));
  const month = { period: inputs.period, currency: inputs.currency, prices };
  return [...inputs.deployments].sort(byId).map((deployment) => deploymentLines(deployment, month));
}

function byId(a: DeploymentInvoicingInputs, b: DeploymentInvoicingInputs): number {
  return a.deployment_id < b.deployment_id ? -1 : a.deployment_id > b.deployment_id ? 1 : 0;
}

/** One line on the subtotal, rounded once; none at rate 0. */
function taxLine(subtotalCents: number, tax: Tax): BilledLine[] {
  if (compareDecimals(tax.rate, '0') === 0) return [];
  const rate = shiftDecimal(tax.rate, 0);
  return [
    {
      deployment_id: null,
      kind: 'tax',
      resource_kind: null,
      description: `${tax.name} ${shiftDecimal(rate, -2)} %`,
      qty: rate,
      unit: 'subtotal',
      unit_price_cents: subtotalCents,
      amount_cents: convertCents(subtotalCents, rate),
      meta: { tax_name: tax.name, tax_rate: rate, subtotal_cents: subtotalCents },
    },
  ];
}

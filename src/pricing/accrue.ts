/** The running month so far (spec 12): what its invoices would come to, before tax. */
import type { TenantInvoicingInputs } from './invoice.ts';
import type { LineWithInputs } from './line-inputs.ts';
import { addCents, convertCents, sumCents, totalOf } from './money.ts';
import { requireBillable } from './billable.ts';
import { billDeployments } from './bill-tenant.ts';
import type { DeploymentLines } from './deployment-lines.ts';

/** One deployment's share of the running month. */
export interface AccruedSubscription {
  deployment_id: string;
  tenant_id: string;
  /** The plan of the last in-force day of the month; null when only charges are due. */
  plan_code: string | null;
  recurring_cents: number;
  overage_cents: number;
  llm_cents: number;
  /** One-off charges; below 0 where discounts prevail. */
  charges_cents: number;
  total_cents: number;
}

/**
 * The month as if it were invoiced with the usage so far. Recurring lines are computed to the month's end: a
 * subscription in force today stays in force, a cancelled one counts its days. It lists every deployment that
 * the month's invoice would name.
 * @throws RangeError for a month that could not be billed
 */
export function accrue(inputs: TenantInvoicingInputs): AccruedSubscription[] {
  return billableDeployments(inputs)
    .filter(isNamed)
    .map((billed) => accruedOf(billed, inputs.tenant_id));
}

/**
 * The lines of a tenant's deployments, if they could be invoiced.
 * @throws RangeError for a month that could not be billed
 */
export function billableDeployments(inputs: TenantInvoicingInputs): DeploymentLines[] {
  const billed = billDeployments(inputs);
  const subtotal = totalOf(
    billed.flatMap(({ recurring, overage, llm, charges }) =>
      [...recurring, ...overage, ...llm, ...charges].map(({ line }) => line),
    ),
  );
  requireBillableBeforeTax(subtotal, inputs);
  return billed;
}

/** @throws RangeError for what, with that tax, no invoice can come to */
export function requireBillableBeforeTax(
  subtotalCents: number,
  { tax, currency }: Pick<TenantInvoicingInputs, 'tax' | 'currency'>,
): void {
  requireBillable(addCents(subtotalCents, convertCents(subtotalCents, tax.rate)), currency);
}

/** Whether the invoice names the deployment. */
export function isNamed({ recurring, llm, charges }: DeploymentLines): boolean {
  return [recurring, llm, charges].some((lines) => lines.length > 0);
}

/** The sums of a deployment's lines. */
export function accruedOf(
  { deployment_id, recurring, overage, llm, charges, terms }: DeploymentLines,
  tenantId: string,
): AccruedSubscription {
  const cents = (lines: readonly LineWithInputs[]): number => totalOf(lines.map(({ line }) => line));
  const [recurringCents, overageCents] = [cents(recurring), cents(overage)];
  const [llmCents, chargesCents] = [cents(llm), cents(charges)];
  return {
    deployment_id,
    tenant_id: tenantId,
    plan_code: terms?.plan.plan_code ?? null,
    recurring_cents: recurringCents,
    overage_cents: overageCents,
    llm_cents: llmCents,
    charges_cents: chargesCents,
    total_cents: sumCents([recurringCents, overageCents, llmCents, chargesCents]),
  };
}

/** The running month so far (spec 12): what its invoices would come to, before tax. */
import type { TenantInvoicingInputs } from './invoice.ts';
import { addCents, convertCents, totalOf } from './money.ts';
import { refuseTooLarge } from './billable.ts';
import { billDeployments } from './bill-tenant.ts';

/** One deployment's share of the running month. */
export interface AccruedSubscription {
  deployment_id: string;
  tenant_id: string;
  /** The plan of the last in-force day of the month; null when only LLM charges are due. */
  plan_code: string | null;
  recurring_cents: number;
  overage_cents: number;
  llm_cents: number;
  total_cents: number;
}

/**
 * The month as if it were invoiced with the usage so far. Recurring lines are computed to the month's end: a
 * subscription in force today stays in force, a cancelled one counts its days. It lists every deployment that
 * the month's invoice would name.
 * @throws RangeError for a month that could not be billed
 */
export function accrue(inputs: TenantInvoicingInputs): AccruedSubscription[] {
  const billed = billDeployments(inputs);
  const subtotal = totalOf(
    billed.flatMap(({ recurring, overage, llm }) =>
      [...recurring, ...overage, ...llm].map(({ line }) => line),
    ),
  );
  refuseTooLarge(addCents(subtotal, convertCents(subtotal, inputs.tax.rate)));
  return billed
    .filter(({ recurring, llm }) => recurring.length > 0 || llm.length > 0)
    .map(({ deployment_id, recurring, overage, llm, terms }) => {
      const [recurringCents, overageCents, llmCents] = [recurring, overage, llm].map((lines) =>
        totalOf(lines.map(({ line }) => line)),
      ) as [number, number, number];
      return {
        deployment_id,
        tenant_id: inputs.tenant_id,
        plan_code: terms?.plan.plan_code ?? null,
        recurring_cents: recurringCents,
        overage_cents: overageCents,
        llm_cents: llmCents,
        total_cents: addCents(addCents(recurringCents, overageCents), llmCents),
      };
    });
}

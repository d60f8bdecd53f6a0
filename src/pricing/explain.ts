/** A tenant's month, each line with its arithmetic: the computation of the invoice itself, looked at from inside. */
import type { BilledInvoice, BilledLine, TenantBillingInputs } from './billing.ts';
import { llmSteps, overageSteps, recurringSteps, taxSteps } from './explain-steps.ts';
import type { Step } from './explain-steps.ts';
import type { LineInputs, TracedLine } from './line-inputs.ts';
import { traceTenant } from './rollup.ts';

/** A line as it comes out of the computation, and how. */
export interface ExplainedLine {
  line: BilledLine;
  inputs: LineInputs;
  /** The last one's result is the line's amount. */
  steps: Step[];
}

/** A tenant's month, its lines in the invoice's order. */
export interface ExplainedInvoice {
  billed: BilledInvoice;
  lines: ExplainedLine[];
}

/**
 * What `billTenant` bills, explained.
 * @returns null when there is nothing to invoice.
 * @throws RangeError as `billTenant`.
 */
export function explainTenant(inputs: TenantBillingInputs): ExplainedInvoice | null {
  const traced = traceTenant(inputs);
  if (traced === null) return null;
  const taxed = traced.billed.lines.filter(({ kind }) => kind !== 'tax');
  return { billed: traced.billed, lines: traced.lines.map((line) => ({ ...line, steps: stepsOf(line, taxed) })) };
}

function stepsOf({ line, inputs }: TracedLine<BilledLine>, taxed: readonly BilledLine[]): Step[] {
  switch (inputs.kind) {
    case 'plan_base':
    case 'addon':
      return recurringSteps(line, inputs.others);
    case 'overage':
      return overageSteps(line, inputs);
    case 'llm_usage':
      return llmSteps(line);
    case 'tax':
      return taxSteps(line, taxed);
  }
}

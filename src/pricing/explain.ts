/**
 * A tenant's month, each line with its arithmetic: the computation of the invoice itself, looked at from
 * inside.
 */
import type { BilledLine } from './invoice.ts';
import { llmSteps, overageSteps, recurringSteps, taxSteps } from './explain-steps.ts';
import type { Step } from './explain-steps.ts';
import type { LineInputs, TracedLine } from './line-inputs.ts';
import type { TracedInvoice } from './rollup.ts';

/** A line as it comes out of the computation, and how. */
export interface ExplainedLine {
  line: BilledLine;
  inputs: LineInputs;
  /** The last one's result is the line's amount. */
  steps: Step[];
}

/** The lines of a tenant's month with their arithmetic, in the invoice's order. */
export function explainLines({ billed, lines }: TracedInvoice): ExplainedLine[] {
  const taxed = billed.lines.filter(({ kind }) => kind !== 'tax');
  return lines.map((line) => ({ ...line, steps: stepsOf(line, taxed) }));
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

/** The arithmetic behind an invoice line, step by step, from the inputs that the line carries. */
import type { LineWithInputs, TaxInputs } from './line-inputs.ts';
import { canonicalDecimal, multiplyDecimals } from './money.ts';
import { overageSteps } from './overage-steps.ts';
import { recurringSteps } from './recurring-steps.ts';
import { exactStep, roundedStep, type Step } from './step.ts';
import type { Line } from './types.ts';

/** The steps of a line; the last one's result is the line's amount. */
export function lineSteps({ line, inputs }: LineWithInputs): Step[] {
  switch (inputs.kind) {
    case 'plan_base':
    case 'addon':
      return recurringSteps(inputs);
    case 'overage':
      return overageSteps(line, inputs);
    case 'llm_usage':
      return [
        roundedStep('amount_cents', 'round', { exact_charge_cents: inputs.charge_cents }, line.amount_cents),
      ];
    case 'charge':
      return chargeSteps(line);
    case 'tax':
      return taxSteps(line, inputs);
  }
}

/** One charge at its price; whole cents round to themselves, as each line rounds once. */
function chargeSteps({ qty, unit_price_cents, amount_cents }: Line): Step[] {
  const exact_cents = String(amount_cents);
  return [
    exactStep('exact_cents', 'product', { qty, unit_price_cents }, exact_cents),
    roundedStep('amount_cents', 'round', { exact_cents }, amount_cents),
  ];
}

/** The tax on the subtotal of all other lines. */
function taxSteps({ amount_cents }: Line, { tax, taxed, subtotal_cents }: TaxInputs): Step[] {
  const tax_rate = canonicalDecimal(tax.rate);
  const exact_tax_cents = multiplyDecimals(String(subtotal_cents), tax_rate);
  const lines = taxed.map((line, index) => [`line ${index + 1}`, line.amount_cents] as const);
  return [
    exactStep('subtotal_cents', 'sum', Object.fromEntries(lines), subtotal_cents),
    exactStep('exact_tax_cents', 'product', { subtotal_cents, tax_rate }, exact_tax_cents),
    roundedStep('amount_cents', 'round', { exact_tax_cents }, amount_cents),
  ];
}

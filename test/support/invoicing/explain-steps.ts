/** Checks the arithmetic of explained lines with decimal.js, which pricing does not use. */
import { expect } from 'chai';
import { Decimal } from 'decimal.js';
import type { Step, StepOperation } from '../../../src/pricing/step.ts';

const Exact = Decimal.clone({ precision: 100, rounding: Decimal.ROUND_HALF_UP });

/** The result of a step's operands by decimal.js, which pricing does not use. */
function resultOf({ operation, operands, rounding, places = 0 }: Step): string {
  const values = operands.map(({ value }) => new Exact(value));
  const [first = new Exact(0), second = new Exact(0)] = values;
  const results: Record<StepOperation, () => Decimal> = {
    sum: () => values.reduce((sum, value) => sum.plus(value), new Exact(0)),
    product: () => values.reduce((product, value) => product.times(value), new Exact(1)),
    quotient: () => first.dividedBy(second),
    difference: () => values.slice(1).reduce((rest, value) => rest.minus(value), first),
    excess: () => Exact.max(0, first.minus(second)),
    minimum: () => Exact.min(...values),
    round: () => first,
  };
  const result = results[operation]();
  return (rounding === null ? result : result.toDecimalPlaces(places)).toFixed();
}

/**
 * Expects each step to be true, to take its named operands from the steps before it, and the last one to end
 * in the amount.
 */
export function expectSteps(steps: readonly Step[], amountCents: number, what: string): void {
  const known = new Map<string, string>();
  for (const step of steps) {
    expect(new Exact(step.result).toFixed(), `${step.name} of ${what}`).to.equal(resultOf(step));
    for (const { name, value } of step.operands) {
      if (known.has(name))
        expect(new Exact(value).toFixed(), `${name} in ${step.name} of ${what}`).to.equal(known.get(name));
    }
    expect(known.has(step.name), `${step.name} of ${what}, twice`).to.equal(false);
    known.set(step.name, new Exact(step.result).toFixed());
  }
  // An allowance and its cap are rounded to twelve places, the amount to whole cents: once each.
  const rounded = steps.filter(({ rounding }) => rounding !== null);
  expect(
    rounded.filter(({ places = 0 }) => places === 0),
    `roundings of ${what} to cents`,
  ).to.have.length(1);
  expect(
    rounded.filter(({ places = 0 }) => places > 0).map(({ name }) => name),
    what,
  ).to.satisfy((names: string[]) => ['', 'allowance', 'allowance,hard_cap_qty'].includes(names.join()));
  expect(steps.at(-1), what).to.deep.include({ name: 'amount_cents', result: amountCents });
}

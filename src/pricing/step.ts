/**
 * A step of the arithmetic behind an invoice line. Every figure is one that pricing itself has computed; a
 * step in between (a product before it is rounded) is made by the same exact arithmetic.
 */
import { sumDecimals } from './money.ts';

/**
 * A figure that goes into a step: integer cents and counts are numbers, quantities and exact amounts are
 * decimal strings.
 */
interface Operand {
  name: string;
  value: Figure;
}

type Figure = string | number;

/**
 * How operands become the result: `sum` and `product` of all; `quotient`: the first by the second;
 * `difference`: the first less all others; `excess`: what the first has above the second, at least 0;
 * `minimum`: the smallest; `round`: the one operand as a whole number.
 */
export const stepOperations = [
  'sum',
  'product',
  'quotient',
  'difference',
  'excess',
  'minimum',
  'round',
] as const;
export type StepOperation = (typeof stepOperations)[number];

/** One step. Only a step that names a rounding rounds. */
export interface Step {
  /** Names the result; later steps take it as an operand of this name. */
  name: string;
  operation: StepOperation;
  operands: Operand[];
  result: Figure;
  rounding: 'half-away-from-zero' | null;
  /** Decimal places of the result of a step that rounds: 0, or for an allowance and its cap 12. */
  places?: number;
}

/** A step that does not round. */
export function exactStep(
  name: string,
  operation: StepOperation,
  operands: Readonly<Record<string, Figure>>,
  result: Figure,
): Step {
  return { name, operation, operands: namedOperands(operands), result, rounding: null };
}

/** A step that rounds. */
export function roundedStep(
  name: string,
  operation: 'quotient' | 'round',
  operands: Readonly<Record<string, Figure>>,
  result: Figure,
  places = 0,
): Step {
  return {
    name,
    operation,
    operands: namedOperands(operands),
    result,
    rounding: 'half-away-from-zero',
    places,
  };
}

function namedOperands(operands: Readonly<Record<string, Figure>>): Operand[] {
  return Object.entries(operands).map(([name, value]) => ({ name, value }));
}

/** Adds up the results of other steps. */
export function sumStep(name: string, steps: readonly Pick<Step, 'name' | 'result'>[]): Step {
  return {
    name,
    operation: 'sum',
    operands: steps.map(({ name: of, result: value }) => ({ name: of, value })),
    result: sumDecimals(steps.map(({ result }) => String(result))),
    rounding: null,
  };
}

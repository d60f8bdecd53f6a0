/**
 * The arithmetic behind an invoice line, step by step. Every figure is one that pricing itself has put on the line; a step
 * that is in between (a product before it is rounded) is made by the same exact arithmetic. Nothing is priced here.
 */
import type { BilledLine } from './billing.ts';
import { multiplyCents, multiplyDecimals, subtractDecimals } from './money.ts';
import { unitFactor } from './types.ts';
import type { AddonTerms, Line } from './types.ts';

/** A figure that goes into a step: integer cents and counts are numbers, quantities and exact amounts are decimal strings. */
export interface Operand {
  name: string;
  value: string | number;
}

/**
 * How operands become the result: `sum` and `product` of all; `quotient`: the first by the second; `excess`: what the
 * first has above the second, at least 0; `minimum`: the smallest; `round`: the one operand as a whole number.
 */
export type Operation = 'sum' | 'product' | 'quotient' | 'excess' | 'minimum' | 'round';

/** One step. Only a step that names a rounding rounds. */
export interface Step {
  /** Names the result; later steps take it as an operand of this name. */
  name: string;
  operation: Operation;
  operands: Operand[];
  result: string | number;
  rounding: 'half-away-from-zero' | null;
}

function exact(name: string, operation: Operation, operands: Record<string, string | number>, result: string | number): Step {
  return { name, operation, operands: namedOperands(operands), result, rounding: null };
}

/** The last step of every line: the one that rounds. */
function amount(line: Line, operation: 'quotient' | 'round', operands: Record<string, string | number>): Step {
  return { name: 'amount_cents', operation, operands: namedOperands(operands), result: line.amount_cents, rounding: 'half-away-from-zero' };
}

function namedOperands(operands: Record<string, string | number>): Operand[] {
  return Object.entries(operands).map(([name, value]) => ({ name, value }));
}

/** A base price, or an addon's packs at their price, for their days. */
export function recurringSteps(line: Line): Step[] {
  const { unit_price_cents, meta } = line;
  const packs = meta['packs'] === undefined ? 1 : figure(line, 'packs');
  const days = figure(line, 'days');
  const monthly = multiplyCents(unit_price_cents, packs);
  const centDays = multiplyDecimals(String(monthly), String(days));
  return [
    exact('monthly_cents', 'product', { unit_price_cents, [line.unit === 'pack' ? 'packs' : 'months']: packs }, monthly),
    exact('cent_days', 'product', { monthly_cents: monthly, days }, centDays),
    amount(line, 'quotient', { cent_days: centDays, days_in_month: figure(line, 'days_in_month') }),
  ];
}

/**
 * What was used above the allowance.
 * @param addons those in force of the line's kind
 */
export function overageSteps(line: Line, addons: readonly AddonTerms[]): Step[] {
  const [used, included, addonQty, allowance, overage] = [
    text(line, 'used'), text(line, 'included'), text(line, 'addon_qty'), text(line, 'allowance'), text(line, 'overage_qty'),
  ];
  const cap = line.meta['hard_cap_qty'];
  const excess = typeof cap === 'string' ? subtractDecimals(used, allowance) : overage;
  const price = line.unit_price_cents;
  const exactCents = multiplyDecimals(overage, String(price));
  const packs = addons.map((addon, index): Step =>
    exact(`addon ${String(index + 1)}: ${addon.code}`, 'product', { packs: addon.packs, qty: addon.qty }, multiplyDecimals(addon.qty, String(addon.packs))));
  const added: Step = {
    name: 'addon_qty', operation: 'sum', operands: packs.map(({ name, result }) => ({ name, value: result })), result: addonQty, rounding: null,
  };
  return [
    ...packs,
    added,
    exact('allowance', 'sum', { included, addon_qty: addonQty }, allowance),
    exact('excess_qty', 'excess', { used, allowance }, excess),
    ...(typeof cap === 'string' ? [exact('overage_qty', 'minimum', { excess_qty: excess, hard_cap_qty: cap }, overage)] : []),
    exact('exact_cents', 'product', { [typeof cap === 'string' ? 'overage_qty' : 'excess_qty']: overage, unit_price_cents: price }, exactCents),
    amount(line, 'quotient', { exact_cents: exactCents, base_units_per_unit: unitFactor(line.unit) }),
  ];
}

/** The gateway's exact charges, rounded once. */
export function llmSteps(line: Line): Step[] {
  return [amount(line, 'round', { exact_charge_cents: text(line, 'exact_charge_cents') })];
}

/** The tax on the subtotal of all other lines. */
export function taxSteps(line: Line, taxed: readonly BilledLine[]): Step[] {
  const subtotal = figure(line, 'subtotal_cents');
  const rate = text(line, 'tax_rate');
  const exactTax = multiplyDecimals(String(subtotal), rate);
  return [
    {
      name: 'subtotal_cents', operation: 'sum', operands: taxed.map(({ amount_cents }, index) => ({ name: `line ${String(index + 1)}`, value: amount_cents })),
      result: subtotal, rounding: null,
    },
    exact('exact_tax_cents', 'product', { subtotal_cents: subtotal, tax_rate: rate }, exactTax),
    amount(line, 'round', { exact_tax_cents: exactTax }),
  ];
}

function figure({ meta, description }: Line, name: string): number {
  const value = meta[name];
  if (typeof value !== 'number') throw new Error(`line ${JSON.stringify(description)} has no ${name}`);
  return value;
}

function text({ meta, description }: Line, name: string): string {
  const value = meta[name];
  if (typeof value !== 'string') throw new Error(`line ${JSON.stringify(description)} has no ${name}`);
  return value;
}

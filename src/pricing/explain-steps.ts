/**
 * The arithmetic behind an invoice line, step by step. Every figure is one that pricing itself has put on the
 * line; a step that is in between (a product before it is rounded) is made by the same exact arithmetic.
 * Nothing is priced here.
 */
import { allowancePlaces, itemOf } from './allowance.ts';
import type { BilledLine } from './invoice.ts';
import type { LineInputs } from './line-inputs.ts';
import {
  addCents,
  canonicalDecimal,
  multiplyCents,
  multiplyDecimals,
  subtractDecimals,
  sumCents,
  sumDecimals,
} from './money.ts';
import type { RecurringPart } from './recurring-lines.ts';
import type { Segment } from './segments.ts';
import { unitFactor } from './types.ts';
import type { AddonTerms, Line, PlanItemTerms } from './types.ts';

/**
 * A figure that goes into a step: integer cents and counts are numbers, quantities and exact amounts are
 * decimal strings.
 */
export interface Operand {
  name: string;
  value: string | number;
}

/**
 * How operands become the result: `sum` and `product` of all; `quotient`: the first by the second;
 * `difference`: the first less all others; `excess`: what the first has above the second, at least 0;
 * `minimum`: the smallest; `round`: the one operand as a whole number.
 */
export type Operation = 'sum' | 'product' | 'quotient' | 'difference' | 'excess' | 'minimum' | 'round';

/** One step. Only a step that names a rounding rounds. */
export interface Step {
  /** Names the result; later steps take it as an operand of this name. */
  name: string;
  operation: Operation;
  operands: Operand[];
  result: string | number;
  rounding: 'half-away-from-zero' | null;
  /** Decimal places of the result of a step that rounds: 0, or for an allowance and its cap 12. */
  places?: number;
}

function exact(
  name: string,
  operation: Operation,
  operands: Record<string, string | number>,
  result: string | number,
): Step {
  return { name, operation, operands: namedOperands(operands), result, rounding: null };
}

/**
 * The step that rounds to whole cents: the last one of a line, but for a line that takes the difference of
 * several.
 */
function amount(
  line: Line,
  operation: 'quotient' | 'round',
  operands: Record<string, string | number>,
): Step {
  return inCents('amount_cents', operation, operands, line.amount_cents);
}

function inCents(
  name: string,
  operation: 'quotient' | 'round',
  operands: Record<string, string | number>,
  result: number,
): Step {
  return {
    name,
    operation,
    operands: namedOperands(operands),
    result,
    rounding: 'half-away-from-zero',
    places: 0,
  };
}

/** A quantity of so many unit days, over the days of the month. */
function inQuantity(name: string, unitDays: Step, daysInMonth: number, result: string): Step {
  const operands = [
    { name: unitDays.name, value: unitDays.result },
    { name: 'days_in_month', value: daysInMonth },
  ];
  return {
    name,
    operation: 'quotient',
    operands,
    result,
    rounding: 'half-away-from-zero',
    places: allowancePlaces,
  };
}

function namedOperands(operands: Record<string, string | number>): Operand[] {
  return Object.entries(operands).map(([name, value]) => ({ name, value }));
}

/** Adds the results of other steps up. */
function sumOf(name: string, steps: readonly Step[]): Step {
  const values = steps.map(({ result }) => String(result));
  return {
    name,
    operation: 'sum',
    operands: steps.map((step) => ({ name: step.name, value: step.result })),
    result: sumDecimals(values),
    rounding: null,
  };
}

/**
 * A base price, or an addon's packs at their price, for their days.
 * @param others the lines that share the month with this one, where it takes their difference; null: it does
 * not
 */
export function recurringSteps(line: Line, others: readonly RecurringPart[] | null): Step[] {
  const { unit_price_cents, meta } = line;
  const packs = meta['packs'] === undefined ? 1 : figure(line, 'packs');
  const days = figure(line, 'days');
  const days_in_month = figure(line, 'days_in_month');
  const monthly = multiplyCents(unit_price_cents, packs);
  const centDays = multiplyDecimals(String(monthly), String(days));
  const own = [
    exact(
      'monthly_cents',
      'product',
      { unit_price_cents, [line.unit === 'pack' ? 'packs' : 'months']: packs },
      monthly,
    ),
    exact('cent_days', 'product', { monthly_cents: monthly, days }, centDays),
  ];
  return others === null
    ? [...own, amount(line, 'quotient', { cent_days: centDays, days_in_month })]
    : [...own, ...differenceSteps(line, own, others, days_in_month)];
}

/**
 * The whole that several lines come to, less the others: the last of them takes what rounding each has left
 * over.
 */
function differenceSteps(
  line: Line,
  own: readonly Step[],
  parts: readonly RecurringPart[],
  daysInMonth: number,
): Step[] {
  const others = parts.map((part, index) => ({ part, name: `other line ${String(index + 1)}` }));
  const centDays = others.map(({ part: { monthly_cents, share }, name }) =>
    exact(
      `cent_days of ${name}`,
      'product',
      { [`monthly_cents of ${name}`]: monthly_cents, [`days of ${name}`]: share.days },
      multiplyDecimals(String(monthly_cents), String(share.days)),
    ),
  );
  const whole = sumOf('cent_days of all', [...own.slice(-1), ...centDays]);
  const otherCents = others.map(({ part, name }) => ({ name, value: part.line.amount_cents }));
  const wholeCents = addCents(line.amount_cents, sumCents(otherCents.map(({ value }) => value)));
  return [
    ...centDays,
    whole,
    inCents(
      'cents of all',
      'quotient',
      { [whole.name]: whole.result, days_in_month: daysInMonth },
      wholeCents,
    ),
    {
      name: 'amount_cents',
      operation: 'difference',
      operands: [{ name: 'cents of all', value: wholeCents }, ...otherCents],
      result: line.amount_cents,
      rounding: null,
    },
  ];
}

type OverageInputs = Extract<LineInputs, { kind: 'overage' }>;

/** What was used on days in force above what they allow. */
export function overageSteps(line: Line, inputs: OverageInputs): Step[] {
  const [used, allowance, overage] = [text(line, 'used'), text(line, 'allowance'), text(line, 'overage_qty')];
  const cap = line.meta['hard_cap_qty'];
  const excess = typeof cap === 'string' ? subtractDecimals(used, allowance) : overage;
  const price = line.unit_price_cents;
  const exactCents = multiplyDecimals(overage, String(price));
  return [
    ...(isWholeMonth(inputs) ? wholeMonthSteps(line, inputs) : daysInForceSteps(line, inputs)),
    exact('excess_qty', 'excess', { used, allowance }, excess),
    ...(typeof cap === 'string'
      ? [exact('overage_qty', 'minimum', { excess_qty: excess, hard_cap_qty: cap }, overage)]
      : []),
    exact(
      'exact_cents',
      'product',
      { [typeof cap === 'string' ? 'overage_qty' : 'excess_qty']: overage, unit_price_cents: price },
      exactCents,
    ),
    amount(line, 'quotient', { exact_cents: exactCents, base_units_per_unit: unitFactor(line.unit) }),
  ];
}

function isWholeMonth({ segments, days_in_month }: OverageInputs): boolean {
  return segments.at(-1)?.days === days_in_month;
}

const addonSteps = (addons: readonly AddonTerms[], of: string): Step[] =>
  addons.map((addon, index): Step =>
    exact(
      `addon ${String(index + 1)}${of}: ${addon.code}`,
      'product',
      { packs: addon.packs, qty: addon.qty },
      multiplyDecimals(addon.qty, String(addon.packs)),
    ),
  );

function addonsOf(line: Line, { terms }: Segment): AddonTerms[] {
  return terms.addons
    .map(({ addon }) => addon)
    .filter(({ resource_kind }) => resource_kind === line.resource_kind);
}

/** The allowance of a month that was in force as a whole on one set of terms. */
function wholeMonthSteps(line: Line, { segments }: OverageInputs): Step[] {
  const packs = segments.flatMap((segment) => addonSteps(addonsOf(line, segment), ''));
  const [included, addonQty] = [text(line, 'included'), text(line, 'addon_qty')];
  return [
    ...packs,
    sumOf('addon_qty', packs),
    exact('allowance', 'sum', { included, addon_qty: addonQty }, text(line, 'allowance')),
  ];
}

/** The allowance of a month in parts: each run of days allows its share. */
function daysInForceSteps(line: Line, { resource_kind, segments, days_in_month }: OverageInputs): Step[] {
  const runs = segments.map((segment) => ({
    segment,
    item: itemOf(segment.terms.plan, resource_kind),
    of: ` of ${segment.from} to ${segment.to}`,
  }));
  const perRun = runs.map(({ segment, item, of }) => {
    const packs = addonSteps(addonsOf(line, segment), of);
    const included = item === null ? '0' : canonicalDecimal(item.included_qty);
    const qty = sumDecimals([included, ...packs.map(({ result }) => String(result))]);
    const monthly: Step = {
      name: `monthly_qty${of}`,
      operation: 'sum',
      rounding: null,
      result: qty,
      operands: [
        { name: `included${of}`, value: included },
        ...packs.map(({ name, result }) => ({ name, value: result })),
      ],
    };
    return { before: [...packs, monthly], unitDays: unitDaysStep(`unit_days${of}`, monthly, segment.days) };
  });
  const unitDays = sumOf(
    'unit_days',
    perRun.map((run) => run.unitDays),
  );
  return [
    ...perRun.flatMap((run) => [...run.before, run.unitDays]),
    unitDays,
    inQuantity('allowance', unitDays, days_in_month, text(line, 'allowance')),
    ...capSteps(line, runs, days_in_month),
  ];
}

function unitDaysStep(name: string, monthly: { name: string; result: string | number }, days: number): Step {
  return exact(
    name,
    'product',
    { [monthly.name]: monthly.result, days },
    multiplyDecimals(String(monthly.result), String(days)),
  );
}

function capSteps(
  line: Line,
  runs: readonly { segment: Segment; item: PlanItemTerms | null; of: string }[],
  daysInMonth: number,
): Step[] {
  const cap = line.meta['hard_cap_qty'];
  if (typeof cap !== 'string') return [];
  const perRun = runs.map(({ segment, item, of }) =>
    unitDaysStep(
      `cap_days${of}`,
      { name: `monthly_cap${of}`, result: item?.hard_cap_qty ?? '0' },
      segment.days,
    ),
  );
  const capDays = sumOf('cap_days', perRun);
  return [...perRun, capDays, inQuantity('hard_cap_qty', capDays, daysInMonth, cap)];
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
      name: 'subtotal_cents',
      operation: 'sum',
      operands: taxed.map(({ amount_cents }, index) => ({
        name: `line ${String(index + 1)}`,
        value: amount_cents,
      })),
      result: subtotal,
      rounding: null,
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

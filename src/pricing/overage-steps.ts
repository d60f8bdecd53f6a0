/** The arithmetic of an overage: what was used on days in force above what they allow. */
import { allowancePlaces, itemOf } from './allowance.ts';
import type { OverageInputs } from './line-inputs.ts';
import { canonicalDecimal, multiplyDecimals, subtractDecimals } from './money.ts';
import type { Segment } from './segments.ts';
import { exactStep, roundedStep, sumStep, type Step } from './step.ts';
import { unitFactor, type AddonTerms, type Line } from './types.ts';

/** The steps of an overage line; the last one's result is the line's amount. */
export function overageSteps(line: Line, inputs: OverageInputs): Step[] {
  const { used, allowance, overage_qty, hard_cap_qty } = inputs.rated;
  const { unit, unit_price_cents, amount_cents } = line;
  const excess_qty = hard_cap_qty === null ? overage_qty : subtractDecimals(used, allowance);
  const exact_cents = multiplyDecimals(overage_qty, String(unit_price_cents));
  return [
    ...(isWholeMonth(inputs) ? wholeMonthSteps(inputs) : daysInForceSteps(inputs)),
    exactStep('excess_qty', 'excess', { used, allowance }, excess_qty),
    ...(hard_cap_qty === null
      ? []
      : [exactStep('overage_qty', 'minimum', { excess_qty, hard_cap_qty }, overage_qty)]),
    exactStep(
      'exact_cents',
      'product',
      { [hard_cap_qty === null ? 'excess_qty' : 'overage_qty']: overage_qty, unit_price_cents },
      exact_cents,
    ),
    roundedStep(
      'amount_cents',
      'quotient',
      { exact_cents, base_units_per_unit: unitFactor(unit) },
      amount_cents,
    ),
  ];
}

function isWholeMonth({ segments, days_in_month }: OverageInputs): boolean {
  return segments.at(-1)?.days === days_in_month;
}

/** What each addon of the kind adds in a whole month. */
function addonSteps({ terms }: Segment, kind: string, of: string): Step[] {
  const addons: AddonTerms[] = terms.addons.map(({ addon }) => addon);
  return addons
    .filter(({ resource_kind }) => resource_kind === kind)
    .map(({ code, packs, qty }, index) =>
      exactStep(
        `addon ${index + 1}${of}: ${code}`,
        'product',
        { packs, qty },
        multiplyDecimals(qty, String(packs)),
      ),
    );
}

/** The allowance of a month that was in force as a whole on one set of terms. */
function wholeMonthSteps({ resource_kind, segments, rated }: OverageInputs): Step[] {
  const packs = segments.flatMap((segment) => addonSteps(segment, resource_kind, ''));
  const { included, addon_qty, allowance } = rated;
  return [
    ...packs,
    sumStep('addon_qty', packs),
    exactStep('allowance', 'sum', { included, addon_qty }, allowance),
  ];
}

/** The allowance of a month in parts: each run of days allows its share. */
function daysInForceSteps({ resource_kind, segments, days_in_month, rated }: OverageInputs): Step[] {
  const runs = segments.map((segment) => ({
    days: segment.days,
    of: ` of ${segment.from} to ${segment.to}`,
    item: itemOf(segment.terms.plan, resource_kind),
    segment,
  }));
  const allowed = runs.map(({ segment, item, of, days }) => {
    const packs = addonSteps(segment, resource_kind, of);
    const included = item === null ? '0' : canonicalDecimal(item.included_qty);
    const monthly = sumStep(`monthly_qty${of}`, [{ name: `included${of}`, result: included }, ...packs]);
    return { before: [...packs, monthly], unitDays: unitDaysStep(`unit_days${of}`, monthly, days) };
  });
  const unitDays = sumStep(
    'unit_days',
    allowed.map((run) => run.unitDays),
  );
  const shareOfMonth = (name: string, { name: of, result }: Step, share: string): Step =>
    roundedStep(name, 'quotient', { [of]: result, days_in_month }, share, allowancePlaces);
  const allowanceSteps = [
    ...allowed.flatMap((run) => [...run.before, run.unitDays]),
    unitDays,
    shareOfMonth('allowance', unitDays, rated.allowance),
  ];
  if (rated.hard_cap_qty === null) return allowanceSteps;
  const capped = runs.map(({ item, of, days }) =>
    unitDaysStep(`cap_days${of}`, { name: `monthly_cap${of}`, result: item?.hard_cap_qty ?? '0' }, days),
  );
  const capDays = sumStep('cap_days', capped);
  return [...allowanceSteps, ...capped, capDays, shareOfMonth('hard_cap_qty', capDays, rated.hard_cap_qty)];
}

function unitDaysStep(name: string, monthly: Pick<Step, 'name' | 'result'>, days: number): Step {
  return exactStep(
    name,
    'product',
    { [monthly.name]: monthly.result, days },
    multiplyDecimals(String(monthly.result), String(days)),
  );
}

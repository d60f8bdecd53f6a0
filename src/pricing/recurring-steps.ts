/** The arithmetic of a base price, or of an addon's packs at their price, for their days. */
import type { AddonInputs, PlanBaseInputs } from './line-inputs.ts';
import { addCents, multiplyDecimals, sumCents } from './money.ts';
import type { RecurringPart } from './recurring-lines.ts';
import { exactStep, roundedStep, sumStep, type Step } from './step.ts';

/** The steps of a recurring line; the last one's result is the line's amount. */
export function recurringSteps(inputs: PlanBaseInputs | AddonInputs): Step[] {
  const { part } = inputs;
  const { days_in_month } = part.share;
  const times = inputs.kind === 'addon' ? { packs: inputs.attachment.addon.packs } : { months: 1 };
  const { unit_price_cents, amount_cents } = part.line;
  const centDays = centDaysStep(part, '');
  const own = [
    exactStep('monthly_cents', 'product', { unit_price_cents, ...times }, part.monthly_cents),
    centDays,
  ];
  return part.others === null
    ? [
        ...own,
        roundedStep('amount_cents', 'quotient', { cent_days: centDays.result, days_in_month }, amount_cents),
      ]
    : [...own, ...differenceSteps(part, centDays, part.others)];
}

function centDaysStep({ monthly_cents, share: { days } }: RecurringPart, of: string): Step {
  return exactStep(
    `cent_days${of}`,
    'product',
    { [`monthly_cents${of}`]: monthly_cents, [`days${of}`]: days },
    multiplyDecimals(String(monthly_cents), String(days)),
  );
}

/**
 * The whole that several lines come to, less the others: the last of them takes what rounding each has left
 * over.
 */
function differenceSteps(
  { line: { amount_cents }, share: { days_in_month } }: RecurringPart,
  ownCentDays: Step,
  parts: readonly RecurringPart[],
): Step[] {
  const others = parts.map((part, index) => ({ part, name: `other line ${index + 1}` }));
  const centDays = others.map(({ part, name }) => centDaysStep(part, ` of ${name}`));
  const whole = sumStep('cent_days of all', [ownCentDays, ...centDays]);
  const otherCents = others.map(({ part, name }) => [name, part.line.amount_cents] as const);
  const wholeCents = addCents(amount_cents, sumCents(otherCents.map(([, cents]) => cents)));
  return [
    ...centDays,
    whole,
    roundedStep('cents of all', 'quotient', { [whole.name]: whole.result, days_in_month }, wholeCents),
    exactStep(
      'amount_cents',
      'difference',
      { 'cents of all': wholeCents, ...Object.fromEntries(otherCents) },
      amount_cents,
    ),
  ];
}

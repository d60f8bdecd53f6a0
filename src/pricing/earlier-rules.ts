/**
 * How months were billed before allowances went by days. Nothing is billed by these rules any more: an
 * invoice that was issued under them is derived by them again, so that verifying and explaining it still
 * compares like with like.
 */
import type { DeploymentInvoicingInputs } from './invoice.ts';
import { daysInMonth, lastDay } from './calendar.ts';
import { changesWithin, daysIn, llmLines, origin, overageOf, requireSoundPlans } from './deployment-lines.ts';
import type { BilledMonth, DeploymentLines } from './deployment-lines.ts';
import type { TracedLine } from './line-inputs.ts';
import { sumDecimals } from './money.ts';
import { prorate } from './proration.ts';
import { addonLine, planBaseLine } from './recurring-lines.ts';
import { segmentsInPeriod } from './segments.ts';
import type { Segment } from './segments.ts';
import type { Json, Line } from './types.ts';
import type { SplitUsage } from './usage-runs.ts';

/**
 * A deployment's month as it was billed: a base line per subscription and plan version and a line per addon
 * attachment for all of its days, wherever in the month they were; overage once, for the month's whole usage,
 * at the whole allowances of the last day in force.
 * @throws RangeError as `deploymentLines`
 */
export function earlierDeploymentLines(
  inputs: DeploymentInvoicingInputs,
  month: BilledMonth,
): DeploymentLines {
  const { period } = month;
  const segments = segmentsInPeriod(inputs.facts, period);
  requireSoundPlans(segments, month.currency);
  const used = allUsage(inputs);
  const last = segments.at(-1);
  const whole =
    last === undefined
      ? []
      : [{ from: period, to: lastDay(period), days: daysInMonth(period), terms: last.terms }];
  const overage = overageOf(whole, used, month);
  return {
    deployment_id: inputs.deployment_id,
    recurring: recurringLines(segments, inputs, period),
    overage: overage.lines,
    llm: llmLines(used, period),
    unpriced: overage.unpriced,
    unbilled: [],
    terms: last?.terms ?? null,
  };
}

/** Every day's usage counted, and every charge. */
function allUsage({ usage, llm_charges, llm_allowance }: DeploymentInvoicingInputs): SplitUsage {
  const sums = new Map<string, string>();
  for (const { resource_kind, qty } of usage)
    sums.set(resource_kind, sumDecimals([sums.get(resource_kind) ?? '0', qty]));
  return {
    billed: Object.fromEntries(sums),
    unbilled: [],
    gateway: { days: [], charge_cents: '0' },
    llm_charges: [...llm_charges, ...llm_allowance.map(({ charge_cents }) => charge_cents)],
  };
}

interface Charge {
  readonly line: Line;
  readonly inputs: (segments: Segment[]) => TracedLine['inputs'];
  readonly origin: Record<string, Json>;
  readonly segments: Segment[];
}

function recurringLines(
  segments: readonly Segment[],
  { facts }: DeploymentInvoicingInputs,
  period: string,
): TracedLine[] {
  const changes = segments.length === 0 ? [] : changesWithin(facts, period);
  const [bases, addons] = [new Map<string, Charge>(), new Map<string, Charge>()];
  const count = (
    charges: Map<string, Charge>,
    key: string,
    first: () => Omit<Charge, 'segments'>,
    segment: Segment,
  ): void => {
    const known = charges.get(key);
    if (known === undefined) charges.set(key, { ...first(), segments: [segment] });
    else known.segments.push(segment);
  };
  for (const segment of segments) {
    const { subscription, plan, plan_event_id, addons: attached } = segment.terms;
    count(
      bases,
      JSON.stringify([subscription, plan.plan_code, plan.plan_version]),
      () => ({
        line: planBaseLine(plan),
        origin: origin(plan_event_id, {}),
        inputs: (of) => ({
          kind: 'plan_base',
          plan,
          event_id: plan_event_id,
          in_force: daysIn(of, ({ terms }) => terms.plan_event_id),
          changes,
          others: null,
        }),
      }),
      segment,
    );
    for (const addon of attached) {
      count(
        addons,
        JSON.stringify([subscription, addon.attachment_id]),
        () => ({
          line: addonLine(addon.addon),
          origin: origin(addon.event_id, { attachment_id: addon.attachment_id }),
          inputs: (of) => ({
            kind: 'addon',
            addon,
            in_force: daysIn(of, () => addon.event_id),
            changes,
            others: null,
          }),
        }),
        segment,
      );
    }
  }
  return [...bases.values(), ...addons.values()].map((charge) => traced(charge, daysInMonth(period)));
}

function traced({ line, inputs, origin: from, segments }: Charge, days_in_month: number): TracedLine {
  const days = segments.reduce((sum, segment) => sum + segment.days, 0);
  const share = { days, days_in_month, from: segments[0]?.from ?? '', to: segments.at(-1)?.to ?? '' };
  return {
    line: {
      ...line,
      amount_cents: prorate(line.amount_cents, share),
      meta: { ...line.meta, days, days_in_month, ...from },
    },
    inputs: inputs(segments),
  };
}

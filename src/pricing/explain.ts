/** A tenant's month with what each of its lines was made from: the computation of the invoice itself, looked at from inside. */
import type { BilledInvoice, BilledLine, DeploymentBillingInputs, Tax, TenantBillingInputs } from './billing.ts';
import { addDays, lastDay } from './calendar.ts';
import { recurringCharges } from './deployment-lines.ts';
import type { DeploymentLines } from './deployment-lines.ts';
import { llmSteps, overageSteps, recurringSteps, taxSteps } from './explain-steps.ts';
import type { Step } from './explain-steps.ts';
import { pricesInForce } from './resource-prices.ts';
import { billDeployments, invoiceFrom } from './rollup.ts';
import { segmentsInPeriod } from './segments.ts';
import type { Segment } from './segments.ts';
import type { AddonInForce, SubscriptionFact, TermsInForce } from './subscription-terms.ts';
import type { PlanItemTerms, PlanTerms, ResourcePrice } from './types.ts';

/** A run of days in force and the event that set what holds on them. */
export interface DaysInForce {
  /** First day. */
  from: string;
  /** Last day, included. */
  to: string;
  days: number;
  event_id: string | null;
}

/** A change to the deployment or its subscription that holds from a day of the month on. */
export interface ChangeInMonth {
  day: string;
  type: SubscriptionFact['type'];
  event_id: string | null;
}

/** What a line was made from, by the line's kind. */
export type LineInputs =
  | { kind: 'plan_base'; plan: PlanTerms; event_id: string | null; in_force: DaysInForce[]; changes: ChangeInMonth[] }
  | { kind: 'addon'; addon: AddonInForce; in_force: DaysInForce[]; changes: ChangeInMonth[] }
  | {
    kind: 'overage'; plan: PlanTerms; event_id: string | null;
    /** The plan's item of the kind; null: a resource price covers it. */
    item: PlanItemTerms | null;
    price: ResourcePrice | null;
    /** The addons of the kind in force at the end of the last in-force day. */
    addons: AddonInForce[];
  }
  | { kind: 'llm_usage' }
  | { kind: 'tax'; tax: Tax };

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
  const deployments = billDeployments(inputs);
  const billed = invoiceFrom(inputs, deployments);
  if (billed === null) return null;
  const known = new Map(inputs.deployments.map((deployment) => [deployment.deployment_id, deployment]));
  const prices = pricesInForce(inputs.resource_prices, lastDay(inputs.period));
  const ofDeployments = deployments.flatMap((lines) => inputsOf(lines, known.get(lines.deployment_id), inputs.period, prices));
  const taxed = billed.lines.filter(({ kind }) => kind !== 'tax');
  const lines = billed.lines.map((line, index): ExplainedLine => {
    const lineInputs = ofDeployments[index] ?? { kind: 'tax', tax: inputs.tax };
    return { line, inputs: lineInputs, steps: stepsOf(line, lineInputs, taxed) };
  });
  return { billed, lines };
}

/** The inputs of a deployment's lines, in the order of the lines. */
function inputsOf(
  { recurring, overage, llm, terms }: DeploymentLines, deployment: DeploymentBillingInputs | undefined, period: string, prices: ReadonlyMap<string, ResourcePrice>,
): LineInputs[] {
  const facts = deployment?.facts ?? [];
  const changes = recurring.length === 0 ? [] : changesWithin(facts, period);
  const { bases, addons } = recurringCharges(segmentsInPeriod(facts, period));
  return [
    ...bases.map(({ subject, segments }): LineInputs => (
      { kind: 'plan_base', plan: subject.plan, event_id: subject.plan_event_id, in_force: daysIn(segments, ({ terms }) => terms.plan_event_id), changes })),
    ...addons.map(({ subject, segments }): LineInputs => (
      { kind: 'addon', addon: subject, in_force: daysIn(segments, () => subject.event_id), changes })),
    ...overage.flatMap(({ resource_kind }): LineInputs[] => (terms === null || resource_kind === null ? [] : [overageInputs(terms, resource_kind, prices)])),
    ...llm.map((): LineInputs => ({ kind: 'llm_usage' })),
  ];
}

/** Runs of days, those that follow each other under one event made into one. */
function daysIn(segments: readonly Segment[], setBy: (segment: Segment) => string | null): DaysInForce[] {
  const runs: DaysInForce[] = [];
  for (const segment of segments) {
    const { from, to, days } = segment;
    const event_id = setBy(segment);
    const last = runs.at(-1);
    if (last !== undefined && last.event_id === event_id && addDays(last.to, 1) === from) {
      last.to = to;
      last.days += days;
    } else runs.push({ from, to, days, event_id });
  }
  return runs;
}

function changesWithin(facts: readonly SubscriptionFact[], period: string): ChangeInMonth[] {
  const end = lastDay(period);
  return facts
    .filter(({ day }) => day >= period && day <= end)
    .sort((a, b) => (a.day < b.day ? -1 : a.day > b.day ? 1 : a.position - b.position))
    .map(({ day, type, event_id }) => ({ day, type, event_id: event_id ?? null }));
}

function overageInputs({ plan, plan_event_id, addons }: TermsInForce, kind: string, prices: ReadonlyMap<string, ResourcePrice>): LineInputs {
  const item = plan.items.find(({ resource_kind }) => resource_kind === kind) ?? null;
  return {
    kind: 'overage', plan, event_id: plan_event_id, item, price: item === null ? prices.get(kind) ?? null : null,
    addons: addons.filter(({ addon }) => addon.resource_kind === kind),
  };
}

function stepsOf(line: BilledLine, inputs: LineInputs, taxed: readonly BilledLine[]): Step[] {
  switch (inputs.kind) {
    case 'plan_base':
    case 'addon':
      return recurringSteps(line);
    case 'overage':
      return overageSteps(line, inputs.addons.map(({ addon }) => addon));
    case 'llm_usage':
      return llmSteps(line);
    case 'tax':
      return taxSteps(line, taxed);
  }
}

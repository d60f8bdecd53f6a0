import { overdueParts } from '../../pricing/overdue-parts.ts';
import { sumCents } from '../../pricing/money.ts';
import { groupBy } from '../../runtime/group-by.ts';
import type { StepNotice } from './announce-step.ts';
import type { LifecycleStep } from './decide-lifecycle.ts';
import type { TenantFacts } from './load-facts.ts';

/** Steps that one notice announces, at least one. */
type AlikeSteps = readonly [LifecycleStep, ...LifecycleStep[]];

function kindOfStep({ rule, to }: LifecycleStep): StepNotice['kind'] {
  switch (rule) {
    case 'trial-end':
      return to === 'active' ? 'trial-active' : 'trial-suspended';
    case 'dunning':
      return to === 'suspended' ? 'suspended' : 'past-due';
    case 'recovery':
      return 'recovered';
  }
}

/**
 * Steps of a tenant by what is announced of them, in an order that keeps that of each deployment: a trial
 * that ends comes before the dunning of what it became.
 */
export function stepsByNotice(steps: readonly LifecycleStep[]): Map<string, AlikeSteps> {
  const isTrial = ({ rule }: LifecycleStep): number => (rule === 'trial-end' ? 0 : 1);
  const inOrder = [...steps].sort((a, b) => isTrial(a) - isTrial(b));
  return groupBy(inOrder, (step) => `${kindOfStep(step)} ${step.effective_on}`);
}

/** What is announced of such steps: the deployments, and before dunning all that is overdue today. */
export function noticeOfSteps(
  { tenant_id, deployments, overdue }: TenantFacts,
  steps: AlikeSteps,
  today: string,
  currency: string,
): StepNotice {
  const [{ effective_on: day, rule }] = steps;
  const moved = new Set(steps.map(({ deployment_id }) => deployment_id));
  const parts = rule === 'dunning' ? overdueParts(overdue, today) : [];
  const numbers = new Map(overdue.map(({ invoice_id, parts: [own] }) => [invoice_id, own?.number ?? null]));
  return {
    ...{ tenant_id, kind: kindOfStep(steps[0]), day, currency },
    deployments: deployments
      .filter(({ deployment_id }) => moved.has(deployment_id))
      .map(({ deployment_id, slug, display_name }) => ({ deployment_id, slug, display_name })),
    invoices: [...groupBy(parts, ({ invoice_id }) => invoice_id)].map(
      ([invoice_id, [oldest, ...others]]) => ({
        invoice_id,
        number: numbers.get(invoice_id) ?? null,
        due_on: oldest.due_on,
        open_cents: sumCents([oldest, ...others].map(({ open_cents }) => open_cents)),
      }),
    ),
  };
}

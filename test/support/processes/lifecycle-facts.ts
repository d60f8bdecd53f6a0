/** Builders of what the automatic lifecycle is decided from. */
import type { DeploymentFact } from '../../../projections/deployments/lifecycle-facts.ts';
import type { OverdueInvoice, OwedDocument } from '../../../src/pricing/overdue-parts.ts';
import {
  decideLifecycle,
  type LifecycleMoment,
  type LifecycleStep,
} from '../../../src/processes/lifecycle/decide-lifecycle.ts';
import type { TenantFacts } from '../../../src/processes/lifecycle/load-facts.ts';

/** Dunning after 14 days, suspension after 30. */
export const settings = { dunningDays: 14, suspendDays: 30 };

/** An active deployment since 1 January 2026 that no admin ever moved. */
export const deploymentFact = (changes: Partial<DeploymentFact> = {}): DeploymentFact => ({
  deployment_id: 'd',
  slug: 'site',
  display_name: 'Site',
  state: 'active',
  state_since: '2026-01-01',
  state_rule: null,
  transitions: 0,
  moved_at: '2026-01-01T09:00:00.000Z',
  decided_on: null,
  billing_action_suspended: false,
  freed_at: null,
  trial_ends_at: null,
  is_subscribed: true,
  created_by: 'created',
  ...changes,
});

/** What is owed by the invoice of April: 100.00 by 15 May. */
export const owedPart = (changes: Partial<OwedDocument> = {}): OwedDocument => ({
  total_cents: 10_000,
  due_on: '2026-05-15',
  number: 'AC-2026-000012',
  is_note: false,
  event_id: 'issued',
  ...changes,
});

/** An invoice of which nothing is paid, unless changes of what is taken say so. */
export const overdueInvoice = (
  parts: readonly OwedDocument[] = [owedPart()],
  taken: OverdueInvoice['taken'] = [],
  invoice_id = 'i',
): OverdueInvoice => ({
  invoice_id,
  period_start: '2026-04-01',
  parts,
  taken_cents: taken.reduce((sum, { cents }) => sum + cents, 0),
  taken,
});

/** A tenant with one active deployment and no debt. */
export const tenantFact = (
  deployments: readonly DeploymentFact[] = [deploymentFact()],
  changes: Partial<TenantFacts> = {},
): TenantFacts => ({
  tenant_id: 'acme',
  has_profile: true,
  deployments,
  overdue: [],
  last_invoiced_day: null,
  settled_by: null,
  ...changes,
});

/** A day that is taken on time, at 04:10. */
export const onTime = (day: string): LifecycleMoment => ({ day, now: `${day}T04:10:00.000Z` });

/** The steps as `[from, to, rule, reason, cause, effective_on]`. */
export const decided = (tenant: TenantFacts, moment: LifecycleMoment, days = settings): (string | null)[][] =>
  decideLifecycle(tenant, moment, days).map(({ from, to, rule, reason, cause, effective_on }) => [
    ...[from, to, rule, reason, cause, effective_on],
  ]);

/** The same deployments after their steps. */
export const afterSteps = (tenant: TenantFacts, steps: readonly LifecycleStep[]): TenantFacts => ({
  ...tenant,
  deployments: tenant.deployments.map((deployment) =>
    steps
      .filter(({ deployment_id }) => deployment_id === deployment.deployment_id)
      .reduce<DeploymentFact>(
        (moved, { to, rule, effective_on, after }) => ({
          ...moved,
          ...{ state: to, state_rule: rule, state_since: effective_on, transitions: after + 1 },
        }),
        deployment,
      ),
  ),
});

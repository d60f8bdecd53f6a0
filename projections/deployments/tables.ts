import { defineTable } from '../../src/read-models/projection.ts';

export const deploymentsModel = { name: 'deployments', version: 6 };

/**
 * The day of the first state of a deployment: it counts for all earlier days, so that a backdated
 * subscription to a trial is not billed.
 */
export const BEFORE_ALL = '2000-01-01';

/** Deployments as they are now. */
export const deployments = defineTable(deploymentsModel, {
  name: 'deployments',
  columns: {
    id: 'text',
    tenant_id: 'text',
    slug: 'text',
    display_name: 'text',
    region: 'text?',
    state: 'text',
    llm_mode: 'text',
    billing_action_suspended: 'boolean',
    template_code: 'text?',
    template_version: 'text?',
    trial_ends_at: 'timestamptz?',
    /** The day from which it has its state, and the rule that moved it; null: a person did. */
    state_since: 'date',
    state_rule: 'text?',
    transitions: 'bigint',
    /** The day of the last transition by an admin. */
    decided_on: 'date?',
    /** When its automatic billing actions were last allowed again; null: they were never suspended. */
    freed_at: 'timestamptz?',
    created_at: 'timestamptz',
    updated_at: 'timestamptz',
  },
  key: ['id'],
  indexes: [['tenant_id', 'id'], ['state_rule']],
});

/** The latest subscription of a deployment, as it is now. */
export const subscriptions = defineTable(deploymentsModel, {
  name: 'subscriptions',
  columns: {
    deployment_id: 'text',
    id: 'text',
    tenant_id: 'text',
    plan_code: 'text',
    plan_version: 'bigint',
    status: 'text',
    starts_on: 'date',
    trial_ends_at: 'timestamptz?',
    created_at: 'timestamptz',
  },
  key: ['deployment_id'],
  indexes: [['plan_code', 'plan_version']],
});

/** The LLM mode of a deployment from the end of a day on. Rows hold in the order (effective_on, position). */
export const llmModes = defineTable(deploymentsModel, {
  name: 'llm_modes',
  columns: {
    deployment_id: 'text',
    position: 'bigint',
    tenant_id: 'text',
    llm_mode: 'text',
    effective_on: 'date',
  },
  key: ['deployment_id', 'position'],
  indexes: [['llm_mode', 'tenant_id']],
});

/**
 * Effective-dated history for invoicing: one row for each fact, never changed. `fact` is the type of the
 * event, `data` its data, `event_id` its id, `effective_on` its day. Facts hold in the order (effective_on,
 * position). A change of the LLM mode is one where it is dated back: {@link llmModes} has them all.
 */
export const subscriptionFacts = defineTable(deploymentsModel, {
  name: 'subscription_facts',
  columns: {
    deployment_id: 'text',
    position: 'bigint',
    tenant_id: 'text',
    event_id: 'text',
    fact: 'text',
    effective_on: 'date',
    data: 'jsonb',
    recorded_at: 'timestamptz',
  },
  key: ['deployment_id', 'position'],
  indexes: [['tenant_id', 'effective_on'], ['effective_on']],
});

/** UTC days on which all that the automatic lifecycle had to do is done, and how many deployments moved. */
export const lifecycleDays = defineTable(deploymentsModel, {
  name: 'lifecycle_days',
  columns: { day: 'date', transitions: 'bigint', recorded_at: 'timestamptz' },
  key: ['day'],
});

/** What the template of a deployment wants, as it was when the deployment was created, in its order. */
export const wantedSpecs = defineTable(deploymentsModel, {
  name: 'wanted_specs',
  columns: {
    deployment_id: 'text',
    /** From 0. */
    place: 'bigint',
    kind: 'text',
    size_slug: 'text?',
    region: 'text?',
    count: 'bigint',
  },
  key: ['deployment_id', 'place'],
});

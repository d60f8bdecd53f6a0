/** What the API shows of a deployment and its subscription. */
import { z } from 'zod';
import { deployment } from '../../../commands/deployments/deployment.ts';
import type { Deployment, Subscription } from '../../../commands/deployments/deployment.ts';
import { eventsAsOf } from '../../../projections/deployments/as-of.ts';
import type { AsOf } from '../../../projections/deployments/as-of.ts';
import { Refused, refuse } from '../../ledger/refusal.ts';
import type { Recorded, RecordedEvent } from '../../events/define.ts';
import { deploymentEvents, deploymentStates } from '../../events/deployments.ts';
import type { DeploymentEvent } from '../../events/deployments.ts';
import { upcast } from '../../events/index.ts';
import type { RecordedLedgerEvent } from '../../events/index.ts';
import { lastDay, monthOf } from '../../pricing/calendar.ts';
import { ownerOr404, scopeOf } from '../caller.ts';
import type { Caller } from '../caller.ts';
import { day, decimal, priceCents } from '../schemas.ts';
import { shownActor } from '../shown-actor.ts';

/** A deployment's own fields. */
export const deploymentFields = z.object({
  id: z.string(),
  tenant_id: z.string(),
  slug: z.string(),
  display_name: z.string(),
  region: z.string().nullable(),
  state: z.enum(deploymentStates),
  llm_mode: z.string(),
  billing_action_suspended: z.boolean(),
  template_code: z.string().nullable(),
  template_version: z.string().nullable(),
  trial_ends_at: z.string().nullable(),
});

/** A deployment as lists show it. */
export const deploymentRow = deploymentFields.extend({ created_at: z.string(), updated_at: z.string() });

/**
 * A subscription. `current_period_start` and `current_period_end` are the first and last day of the month
 * asked about.
 */
export const subscriptionAnswer = z.object({
  id: z.string(),
  plan_code: z.string(),
  plan_version: z.int(),
  status: z.enum(['active', 'paused', 'cancelled']),
  starts_on: day,
  current_period_start: day,
  current_period_end: day,
  trial_ends_at: z.string().nullable(),
  addons: z.array(
    z.object({
      attachment_id: z.string(),
      code: z.string(),
      resource_kind: z.string(),
      packs: z.int(),
      qty: decimal,
      price_cents: priceCents,
      attached_on: day,
    }),
  ),
});

/** A command's answer about a deployment. */
export const deploymentAnswer = deploymentFields.extend({ subscription: subscriptionAnswer.nullable() });

/** A command's answer about a subscription. */
export const ownedSubscription = subscriptionAnswer.extend({
  deployment_id: z.string(),
  tenant_id: z.string(),
});

/** An event of a deployment's stream. */
export const deploymentEventRow = z.object({
  id: z.string(),
  type: z.string(),
  recorded_at: z.string(),
  effective_at: z.string().nullable(),
  position: z.int(),
  actor: z.string(),
  data: z.record(z.string(), z.unknown()),
});

/** The subscription, its current period that of `today`'s month. */
export function showSubscription(
  subscription: Subscription,
  today: string,
): z.output<typeof subscriptionAnswer> {
  return { ...subscription, current_period_start: monthOf(today), current_period_end: lastDay(today) };
}

/** A command's result about a deployment. */
export function showDeployment(
  { deployment: fields, subscription }: Deployment,
  today: string,
): z.output<typeof deploymentAnswer> {
  if (fields === null) throw new Error('a command succeeded on a deployment that does not exist');
  return { ...fields, subscription: subscription && showSubscription(subscription, today) };
}

/** A command's result about a subscription. */
export function showOwned(
  { deployment: fields, subscription }: Deployment,
  today: string,
): z.output<typeof ownedSubscription> {
  if (fields === null || subscription === null)
    throw new Error('a command succeeded on a subscription that does not exist');
  return { ...showSubscription(subscription, today), deployment_id: fields.id, tenant_id: fields.tenant_id };
}

function isDeploymentEvent(event: RecordedLedgerEvent): event is Recorded<DeploymentEvent> {
  return Object.hasOwn(deploymentEvents, event.type);
}

/** A deployment as its events tell it. */
export interface ToldDeployment {
  answer: z.output<typeof deploymentAnswer> & { created_at: string; updated_at: string };
  events: z.output<typeof deploymentEventRow>[];
}

/**
 * A deployment from its stream's events: as it is, or as it was by `as_of` and `known_at`.
 * @throws {Refused} `not-found` for none, another tenant's, and one that was not there then
 */
export function tellDeployment(
  recorded: readonly RecordedEvent[],
  caller: Caller,
  when: AsOf,
  today: string,
): ToldDeployment {
  const all = recorded.map((event) => upcast(event)).filter(isDeploymentEvent);
  const events = eventsAsOf(all, when);
  const state = events.reduce((folded, event) => deployment.evolve(folded, event), deployment.initialState);
  const owned = ownerOr404(caller, state.deployment, 'deployment');
  const changes = events.filter(
    ({ type }) =>
      type === 'DeploymentCreated' || type === 'DeploymentUpdated' || type === 'DeploymentTransitioned',
  );
  const created = events.find(({ type }) => type === 'DeploymentCreated');
  const updated = changes.reduce(
    (latest, { metadata: { recorded_at } }) => (recorded_at > latest ? recorded_at : latest),
    '',
  );
  if (created === undefined) throw new Refused(refuse('not-found', 'there is no such deployment'));
  const scope = scopeOf(caller);
  return {
    answer: {
      ...showDeployment({ ...state, deployment: owned }, today),
      created_at: created.metadata.recorded_at,
      updated_at: updated,
    },
    events: events.map(({ id: eventId, type, metadata, position, data }) => ({
      id: eventId,
      type,
      recorded_at: metadata.recorded_at,
      effective_at: metadata.effective_at ?? null,
      position,
      actor: shownActor(metadata.actor, scope),
      data: { ...data },
    })),
  };
}

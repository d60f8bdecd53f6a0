import { z } from 'zod';
import { commands } from '../../processes/commands.ts';
import { answerCommand } from '../answer-command.ts';
import { defineRoute } from '../route.ts';
import { daySchema, idSchema, one } from '../schemas.ts';
import { effectiveOnText } from './effective-on.ts';
import { ownedSubscription, showOwned } from './deployment-answer.ts';

const version = z.int().min(1).optional();
const effective_on = daySchema.optional();

export const subscribeRoute = defineRoute({
  method: 'POST',
  path: '/api/v1/deployments/:id/subscribe',
  tag: 'subscriptions',
  summary: 'Start the subscription of a deployment',
  description:
    '`addons` holds codes, a repeated one adds a pack. `starts_on` defaults to today; only an admin ' +
    'may backdate it, never into an invoiced month. `version` defaults to the active one; an admin may ' +
    'choose a retired one. `effective_on` is the same day as `starts_on`, within the bounds of a change ' +
    'that is dated back.',
  access: 'tenant',
  body: z.strictObject({
    plan_code: idSchema,
    version,
    addons: z.array(idSchema).max(500).default([]),
    starts_on: daySchema.optional(),
    effective_on,
  }),
  response: one(ownedSubscription),
  status: 201,
  handle: ({ params: { id }, body, meta }, { ledger }) =>
    answerCommand(ledger, commands.startSubscription, { deployment_id: id, ...body }, meta, showOwned),
});

export const attachAddonRoute = defineRoute({
  method: 'POST',
  path: '/api/v1/deployments/:id/addons',
  tag: 'subscriptions',
  summary: 'Attach packs of an addon (`qty`, default 1) at its price of now',
  description: `The same packs on the same day that is named add nothing. ${effectiveOnText}`,
  access: 'tenant',
  body: z.strictObject({ code: idSchema, qty: z.int().min(1).default(1), effective_on }),
  response: one(ownedSubscription),
  status: 201,
  handle: ({ params: { id }, body: { qty: packs, ...body }, meta }, { ledger }) =>
    answerCommand(ledger, commands.attachAddon, { deployment_id: id, ...body, packs }, meta, showOwned),
});

export const detachAddonRoute = defineRoute({
  method: 'DELETE',
  path: '/api/v1/deployments/:id/addons/:code',
  tag: 'subscriptions',
  summary: 'Detach every pack of an addon from a day on, by default from today',
  description: effectiveOnText,
  access: 'tenant',
  query: z.strictObject({ effective_on }),
  response: one(ownedSubscription),
  handle: ({ params: { id, code }, query, meta }, { ledger }) =>
    answerCommand(ledger, commands.detachAddon, { deployment_id: id, code, ...query }, meta, showOwned),
});

export const changePlanRoute = defineRoute({
  method: 'POST',
  path: '/api/v1/deployments/:id/change-plan',
  tag: 'subscriptions',
  summary: 'Move a subscription to another plan or version from a day on, by default from today',
  description: effectiveOnText,
  access: 'tenant',
  body: z.strictObject({ plan_code: idSchema, version, effective_on }),
  response: one(ownedSubscription),
  handle: ({ params: { id }, body, meta }, { ledger }) =>
    answerCommand(ledger, commands.changePlanVersion, { deployment_id: id, ...body }, meta, showOwned),
});

/** Subscriptions (spec 7). */
export const subscriptionRoutes = [subscribeRoute, attachAddonRoute, detachAddonRoute, changePlanRoute];

import { z } from 'zod';
import { commands } from '../../processes/commands.ts';
import { answerCommand } from '../answer-command.ts';
import { defineRoute } from '../route.ts';
import { daySchema, idSchema, one } from '../schemas.ts';
import { ownedSubscription, showOwned } from './deployment-answer.ts';

const version = z.int().min(1).optional();

const subscribeRoute = defineRoute({
  method: 'POST',
  path: '/api/v1/deployments/:id/subscribe',
  tag: 'subscriptions',
  summary: 'Start the subscription of a deployment',
  description:
    '`addons` holds codes, a repeated one adds a pack. `starts_on` defaults to today; only an admin ' +
    'may backdate it, never into an invoiced month. `version` defaults to the active one; an admin may ' +
    'choose a retired one.',
  access: 'tenant',
  body: z.strictObject({
    plan_code: idSchema,
    version,
    addons: z.array(idSchema).max(500).default([]),
    starts_on: daySchema.optional(),
  }),
  response: one(ownedSubscription),
  status: 201,
  handle: ({ params: { id }, body, meta }, { ledger }) =>
    answerCommand(ledger, commands.startSubscription, { deployment_id: id, ...body }, meta, showOwned),
});

const attachRoute = defineRoute({
  method: 'POST',
  path: '/api/v1/deployments/:id/addons',
  tag: 'subscriptions',
  summary: 'Attach packs of an addon (`qty`, default 1) at its price of now',
  access: 'tenant',
  body: z.strictObject({ code: idSchema, qty: z.int().min(1).default(1) }),
  response: one(ownedSubscription),
  status: 201,
  handle: ({ params: { id }, body: { code, qty }, meta }, { ledger }) =>
    answerCommand(ledger, commands.attachAddon, { deployment_id: id, code, packs: qty }, meta, showOwned),
});

const detachRoute = defineRoute({
  method: 'DELETE',
  path: '/api/v1/deployments/:id/addons/:code',
  tag: 'subscriptions',
  summary: 'Detach every pack of an addon from today on',
  access: 'tenant',
  response: one(ownedSubscription),
  handle: ({ params: { id, code }, meta }, { ledger }) =>
    answerCommand(ledger, commands.detachAddon, { deployment_id: id, code }, meta, showOwned),
});

const changePlanRoute = defineRoute({
  method: 'POST',
  path: '/api/v1/deployments/:id/change-plan',
  tag: 'subscriptions',
  summary: 'Move a subscription to another plan or version from today on',
  access: 'tenant',
  body: z.strictObject({ plan_code: idSchema, version }),
  response: one(ownedSubscription),
  handle: ({ params: { id }, body, meta }, { ledger }) =>
    answerCommand(ledger, commands.changePlanVersion, { deployment_id: id, ...body }, meta, showOwned),
});

/** Subscriptions (spec 7). */
export const subscriptionRoutes = [subscribeRoute, attachRoute, detachRoute, changePlanRoute];

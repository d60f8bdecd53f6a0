import { z } from 'zod';
import { defineRoute } from '../../../src/http/route.ts';
import type { Route } from '../../../src/http/route.ts';
import {
  centsSchema,
  daySchema,
  decimalSchema,
  idSchema,
  instantSchema,
  list,
  one,
  pageQuery,
  periodSchema,
  quantitySchema,
  queryBoolean,
} from '../../../src/http/schemas.ts';
import { ownerOr404, scopeOf, tenantFor } from '../../../src/http/caller.ts';
import { Refused, refuse } from '../../../src/ledger/refusal.ts';

const thing = z.strictObject({ id: z.string(), tenant_id: z.string() });

/** The rows that the sample routes list, in order of id: three of each tenant. */
export const things = ['acme', 'beta'].flatMap((tenant_id) =>
  [1, 2, 3].map((n) => ({ id: `${tenant_id}-${n}`, tenant_id })),
);

const listThings = defineRoute({
  method: 'GET',
  path: '/api/v1/things',
  tag: 'things',
  summary: 'List',
  access: 'tenant',
  query: z.strictObject({ ...pageQuery, prefix: z.string().optional(), loud: queryBoolean.optional() }),
  response: list(thing),
  handle: async ({ caller, query, page: { limit, after, of } }) => {
    const scope = scopeOf(caller);
    const start = after(z.tuple([z.string()]));
    const rows = things.filter(
      ({ id, tenant_id }) =>
        (scope === null || tenant_id === scope) &&
        id.startsWith(query.prefix ?? '') &&
        (start === null || id > start[0]),
    );
    return { body: of(rows.slice(0, limit + 1), (row) => [row.id]) };
  },
});

const getThing = defineRoute({
  method: 'GET',
  path: '/api/v1/things/:id',
  tag: 'things',
  summary: 'Get',
  access: 'tenant',
  response: one(thing),
  handle: async ({ caller, params }) => ({
    body: {
      data: ownerOr404(
        caller,
        things.find(({ id }) => id === params.id),
        'thing',
      ),
    },
  }),
});

const createThing = defineRoute({
  method: 'POST',
  path: '/api/v1/things',
  tag: 'things',
  summary: 'Create',
  access: 'tenant',
  status: 201,
  body: z.strictObject({
    tenant_id: idSchema.optional(),
    note: z.string().optional(),
    fail: z.enum(['refuse', 'crash', 'mismatch', 'outage']).optional(),
  }),
  response: one(
    z.strictObject({
      tenant_id: z.string(),
      command_id: z.string(),
      key: z.string().nullable(),
      correlation_id: z.string(),
    }),
  ),
  handle: async ({ body, caller, meta }) => {
    if (body.fail === 'refuse')
      throw new Refused(
        refuse('transition-not-allowed', 'not from here', { extra: { allowed: ['paused'] } }),
      );
    if (body.fail === 'crash') throw new Error('the secret is hunter2');
    if (body.fail === 'outage')
      throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    const tenant_id = body.fail === 'mismatch' ? (7 as unknown as string) : tenantFor(caller, body.tenant_id);
    return {
      body: {
        data: {
          tenant_id,
          command_id: meta.commandId,
          key: meta.idempotencyKey ?? null,
          correlation_id: meta.correlationId,
        },
      },
      position: 'log:8',
    };
  },
});

const priceThing = defineRoute({
  method: 'PUT',
  path: '/api/v1/things/:id/price',
  tag: 'things',
  summary: 'Price',
  access: 'admin',
  body: z.strictObject({
    items: z
      .array(
        z.strictObject({
          included_qty: quantitySchema,
          price: centsSchema,
          on: daySchema,
          in: periodSchema,
          at: instantSchema,
          rate: decimalSchema,
        }),
      )
      .min(1),
  }),
  response: one(z.array(z.json())),
  handle: async ({ body }) => ({ body: { data: body.items } }),
});

const ingest = defineRoute({
  method: 'POST',
  path: '/api/v1/integrations/things',
  tag: 'things',
  summary: 'Ingest',
  access: 'integration',
  body: z.union([thing, z.strictObject({ events: z.array(thing).max(10) })]),
  response: z.strictObject({ data: z.literal('recorded') }),
  handle: async () => ({ body: { data: 'recorded' } }),
});

const priceOf = defineRoute({
  method: 'POST',
  path: '/api/v1/prices',
  tag: 'things',
  summary: 'What it would cost',
  access: 'admin',
  changesNothing: true,
  body: z.strictObject({ amount: centsSchema }),
  response: one(centsSchema),
  handle: async ({ body }) => ({ body: { data: body.amount } }),
});

const pauseThing = defineRoute({
  method: 'POST',
  path: '/api/v1/things/:id/pause',
  tag: 'things',
  summary: 'Pause',
  access: 'admin',
  status: [200, 202],
  response: z.strictObject({ data: z.literal('paused') }),
  handle: async () => ({ body: { data: 'paused' }, status: 202 }),
});

/** Routes of every kind, for tests of the platform itself. */
export const sampleRoutes: readonly Route[] = [
  listThings,
  getThing,
  createThing,
  priceThing,
  ingest,
  priceOf,
  pauseThing,
];

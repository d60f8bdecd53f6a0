import { z } from 'zod';
import { defineRoute } from '../route.ts';
import type { Route } from '../route.ts';

const health = defineRoute({
  method: 'GET',
  path: '/api/health',
  tag: 'platform',
  summary: 'Is the process up?',
  access: 'public',
  response: z.strictObject({ service: z.literal('arcadia-cloud'), status: z.literal('ok') }),
  handle: async (_request) => ({ body: { service: 'arcadia-cloud', status: 'ok' } }),
});

const ready = defineRoute({
  method: 'GET',
  path: '/api/ready',
  tag: 'platform',
  summary: 'Can the service answer: database, projections and their lag',
  access: 'public',
  response: z.strictObject({
    status: z.enum(['ok', 'unavailable']),
    checks: z.record(z.string(), z.looseObject({ status: z.enum(['ok', 'failed']) })),
  }),
  status: [200, 503],
  handle: async (_request, deps) => {
    const readiness = await deps.readiness();
    return { body: { status: readiness.status, checks: readiness.checks }, status: readiness.status === 'ok' ? 200 : 503 };
  },
});

/** What the service says about itself, to anybody. */
export const platformRoutes: readonly Route[] = [health, ready];

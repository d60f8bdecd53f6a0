import { z } from 'zod';
import { defineRoute } from '../route.ts';
import { METRICS_TYPE } from '../../metrics/metrics.ts';

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
  summary: 'Can the service answer: each dependency, projections and their lag',
  description:
    'Each part is asked anew and given 1.5 seconds. 503 when one that is required fails, and while the ' +
    'process stops.',
  access: 'public',
  response: z.strictObject({
    status: z.enum(['ok', 'unavailable']),
    checks: z.record(z.string(), z.looseObject({ status: z.enum(['ok', 'failed']) })),
  }),
  status: [200, 503],
  handle: async (_request, deps) => {
    const readiness = await deps.readiness();
    return {
      body: { status: readiness.status, checks: readiness.checks },
      status: readiness.status === 'ok' ? 200 : 503,
    };
  },
});

const metrics = defineRoute({
  method: 'GET',
  path: '/metrics',
  tag: 'platform',
  summary: "Figures in Prometheus' text format",
  description:
    'Commands, appends, projections, jobs, HTTP requests and the process; names and thresholds are in ' +
    '`docs/operations.md`. It needs no token, as scrapers have none: let the proxy in front keep it ' +
    'from the internet.',
  access: 'public',
  response: z.string(),
  text: METRICS_TYPE,
  handle: async (_request, deps) => ({ body: await deps.scrape() }),
});

/** The service's own state, for everyone. */
export const platformRoutes = [health, ready, metrics];

import { createSecretKey, randomUUID } from 'node:crypto';
import cors from 'cors';
import express, { type Express } from 'express';
import { expressjwt } from 'express-jwt';
import helmet from 'helmet';
import type { Sql } from '../../../src/database/db.ts';

interface Recorded {
  id: string;
  type: string;
  position: number;
  data: Record<string, unknown>;
  metadata: { actor: { sub: string }; causation_id: string; recorded_at: string };
}

/** What an event shows of itself. */
const shown = ({ id, type, position, data, metadata }: Recorded) => ({
  id,
  type,
  recorded_at: metadata.recorded_at,
  effective_at: null,
  position,
  causation_id: metadata.causation_id,
  actor: metadata.actor.sub,
  data,
});

/** The answer, by plain assignments. */
function answerOf(events: readonly Recorded[], resources: unknown) {
  let deployment: Record<string, unknown> = {};
  let subscription: Record<string, unknown> | null = null;
  const addons: Record<string, unknown>[] = [];
  for (const { type, data } of events) {
    if (type === 'DeploymentCreated') {
      const { deployment_id: id, effective_on, ...rest } = data;
      deployment = {
        id,
        ...rest,
        billing_action_suspended: false,
        state_since: effective_on,
        state_rule: null,
      };
    } else if (type === 'SubscriptionStarted') {
      const { subscription_id: id, plan_code, plan_version, starts_on, trial_ends_at } = data;
      const [year, month] = String(starts_on).split('-').map(Number);
      const end = new Date(Date.UTC(year as number, month as number, 0)).toISOString().slice(0, 10);
      subscription = {
        ...{ id, plan_code, plan_version, status: 'active', starts_on, trial_ends_at, addons },
        current_period_start: starts_on,
        current_period_end: end,
      };
    } else if (type === 'AddonAttached') {
      const { deployment_id: _d, tenant_id: _t, subscription_id: _s, effective_on, ...addon } = data;
      addons.push({ ...addon, attached_on: effective_on });
    }
  }
  return {
    data: {
      ...deployment,
      subscription,
      may_become: ['paused', 'cancelled'],
      created_at: events[0]?.metadata.recorded_at,
      updated_at: events[0]?.metadata.recorded_at,
      resources,
      wanted: [],
      events: events.map(shown),
    },
  };
}

/**
 * `GET deployments/:id` as one writes it by hand: express with helmet, cors and express-jwt, one statement,
 * the same headers and the same JSON.
 * @param tables the names of the tables of ties and of resources
 */
export function deploymentByHand(
  sql: Sql,
  { secret, ties, resources }: { secret: string; ties: string; resources: string },
): Express {
  const app = express();
  // A request that is cut off at the end of the bench is not to be reported.
  app.set('etag', false).set('env', 'test').disable('x-powered-by');
  app.use((_request, response, next) => {
    response.set('X-Correlation-Id', randomUUID()).set('Cache-Control', 'no-store');
    next();
  });
  app.use(
    helmet({
      contentSecurityPolicy: {
        directives: {
          'style-src': ["'self'", "'unsafe-inline'"],
          'font-src': ["'self'", 'data:'],
          'upgrade-insecure-requests': null,
        },
      },
    }),
    cors({
      origin: [],
      exposedHeaders: ['Ledger-Position', 'Idempotency-Replayed', 'X-Correlation-Id', 'Retry-After'],
    }),
    expressjwt({ secret: createSecretKey(Buffer.from(secret)), algorithms: ['HS512'] }),
  );
  app.get('/api/v1/deployments/:id', async (request, response) => {
    const { id } = request.params;
    const today = new Date().toISOString().slice(0, 10);
    const [row] = await sql<{ events: Recorded[]; resources: unknown[] }[]>`
      select
        (select coalesce(json_agg(e order by e.revision), '[]') from (
          select position, revision, id, type, data, metadata from journal
          where stream = ${`deployment-${id}`}) e) as events,
        (select coalesce(json_agg(h order by h.kind, h.name, h.id), '[]') from (
          select r.id, r.kind, r.provider_id, r.name, r.region, r.size_slug, r.status, t.effective_from,
            t.effective_to
          from ${sql(ties)} t join ${sql(resources)} r on r.id = t.resource_id
          where t.deployment_id = ${id} and t.effective_from <= ${today}::date
            and (t.effective_to is null or t.effective_to > ${today}::date)) h) as resources`;
    const { auth } = request as unknown as { auth: { tenant_id: string } };
    const [first] = row?.events ?? [];
    if (row === undefined || first === undefined || first.data['tenant_id'] !== auth.tenant_id)
      return void response.status(404).json({ title: 'not found' });
    response.json(answerOf(row.events, row.resources));
  });
  return app;
}

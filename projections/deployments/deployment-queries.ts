import type { Db } from '../../src/database/db.ts';
import type { Row } from '../../src/read-models/projection.ts';
import { recordedEvents } from '../../src/journal/read-journal.ts';
import type { RecordedEvent } from '../../src/events/define.ts';
import { resources, resourceTies, specs } from '../inventory/tables.ts';
import { deployments, subscriptions } from './tables.ts';
import { ownFields } from './wanted-queries.ts';

/** A deployment as it is now, as lists show it. */
export type DeploymentRow = Omit<Row<typeof deployments>, 'transitions' | 'decided_on' | 'freed_at'> & {
  /** Of its latest subscription; null: it never had one. */
  plan_code: string | null;
  plan_version: number | null;
  subscription_status: string | null;
};

/**
 * Deployments by id.
 * @param tenantId null: an admin, who sees all
 */
export async function listDeployments(
  db: Db,
  {
    tenantId,
    id,
    state,
    planCode,
    after,
    limit,
  }: {
    tenantId: string | null;
    id?: string | undefined;
    state?: string | undefined;
    planCode?: string | undefined;
    after: string | null;
    limit: number;
  },
): Promise<DeploymentRow[]> {
  return db<DeploymentRow[]>`
    select d.id, d.tenant_id, d.slug, d.display_name, d.region, d.state, d.state_since, d.state_rule,
      d.llm_mode, d.billing_action_suspended, d.template_code, d.template_version, d.trial_ends_at,
      d.created_at, d.updated_at, s.plan_code, s.plan_version, s.status as subscription_status
    from ${db(deployments.ref)} d left join ${db(subscriptions.ref)} s on s.deployment_id = d.id
      ${
        // Follows from the page's beginning, which the planner does not know: it would read all before it.
        after === null ? db`` : db`and s.deployment_id > ${after}`
      }
    where true
      ${tenantId === null ? db`` : db`and d.tenant_id = ${tenantId}`}
      ${id === undefined ? db`` : db`and d.id = ${id}`}
      ${state === undefined ? db`` : db`and d.state = ${state}`}
      ${planCode === undefined ? db`` : db`and s.plan_code = ${planCode}`}
      ${after === null ? db`` : db`and d.id > ${after}`}
    order by d.id limit ${limit}`;
}

/** A resource that a deployment holds. */
export interface HeldResource {
  id: string;
  kind: string;
  provider_id: string;
  name: string;
  region: string | null;
  size_slug: string | null;
  status: string;
  /** First day of the tie. */
  effective_from: string;
  /** The exclusive end of the tie; null while open. */
  effective_to: string | null;
  /** It is live and not wanted beside a template: it counts among what a template wants. */
  is_compared: boolean;
  /** The fields that its own spec has, of those that a template could want. */
  own_fields: string[];
}

/** A deployment's events, and the resources tied to it on a day. */
export interface DeploymentHistory {
  events: RecordedEvent[];
  resources: HeldResource[];
}

/**
 * The events of deployments, and the resources tied to each on a day as they are now. One statement: one
 * moment, one round trip. One history for each wanted deployment, in that order; empty for one that does not
 * exist.
 * @param wanted ids of deployments and the names of their streams
 * @param today the day whose ties count
 */
export async function deploymentHistories(
  db: Db,
  wanted: readonly { id: string; stream: string }[],
  today: string,
): Promise<DeploymentHistory[]> {
  return db<DeploymentHistory[]>`
    select
      (select coalesce(json_agg(e order by e.revision), '[]') from (
        ${recordedEvents(db)} where stream = w.stream) e) as events,
      (select coalesce(json_agg(h order by h.kind, h.name, h.id), '[]') from (
        select r.id, r.kind, r.provider_id, r.name, r.region, r.size_slug, r.status, t.effective_from,
          t.effective_to,
          not r.stale and (s.spec is null or not jsonb_exists(s.spec, 'count')) as is_compared,
          ${ownFields(db)} as own_fields
        from ${db(resourceTies.ref)} t join ${db(resources.ref)} r on r.id = t.resource_id
        left join ${db(specs.ref)} s on s.resource_id = r.id
        where t.deployment_id = w.id and t.effective_from <= ${today}::date
          and (t.effective_to is null or t.effective_to > ${today}::date)) h) as resources
    from unnest(${wanted.map(({ id }) => id)}::text[], ${wanted.map(({ stream }) => stream)}::text[])
      with ordinality as w(id, stream, n)
    order by w.n`;
}

/** The ids of all deployments there ever were. */
export async function allDeploymentIds(db: Db): Promise<string[]> {
  const rows = await db<{ id: string }[]>`select id from ${db(deployments.ref)} order by id`;
  return rows.map(({ id }) => id);
}

/** Which of these deployments are a tenant's. */
export async function ownDeployments(db: Db, tenantId: string, ids: readonly string[]): Promise<Set<string>> {
  const rows = await db<{ id: string }[]>`
    select id from ${db(deployments.ref)} where tenant_id = ${tenantId} and id = any(${[...ids]}::text[])`;
  return new Set(rows.map(({ id }) => id));
}

/** How deployments are called, by id; those that are not there are absent. */
export async function namesOfDeployments(
  db: Db,
  ids: readonly string[],
): Promise<Map<string, { slug: string; display_name: string }>> {
  if (ids.length === 0) return new Map();
  const rows = await db<{ id: string; slug: string; display_name: string }[]>`
    select id, slug, display_name from ${db(deployments.ref)} where id = any(${[...ids]}::text[])`;
  return new Map(rows.map(({ id, ...names }) => [id, names]));
}

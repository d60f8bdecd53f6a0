import type { Db, Fragment } from '../../src/database/db.ts';
import { deployments } from '../deployments/tables.ts';
import { projects, resourceOwners, resources, resourceTies } from './tables.ts';

/** A resource that a rule may concern. */
export interface RuledResourceRow {
  resource_id: string;
  tenant_id: string;
  /** UTC day. */
  first_seen: string;
  stale: boolean;
  place: { project_id: string | null; since: string; position: number } | null;
  source_id: string | null;
}

/** A tie with the events that made and ended it. */
export interface RuledTieRow {
  resource_id: string;
  deployment_id: string;
  tenant_id: string;
  effective_from: string;
  effective_to: string | null;
  tied_position: number;
  untied_position: number | null;
  untied_reason: string | null;
  rule_by: string | null;
  rule_of: string | null;
}

/** The rule of a project that has or had one. */
export interface ProjectRuleRow {
  project_id: string;
  /** Null: it ended, or the project is gone. */
  deploys: string | null;
  /** UTC day of the last change of the rule. */
  changed: string | null;
}

/** What the rules are run for; default: for every resource that a rule may concern. */
export type RuleScope = { resource_id: string } | { project_id: string };

/**
 * The resources that a rule may concern: those of projects with a rule, and tied ones. In a scope: the
 * resource, or what is or was tied as one of the project.
 */
function begunWith(db: Db, scope: RuleScope | undefined): Fragment {
  if (scope === undefined)
    return db`
      select r.id from ${db(resources.ref)} r
      join ${db(projects.ref)} p on p.id = r.cloud_project_id and p.deploys is not null and not p.removed
      union select resource_id from ${db(resourceTies.ref)}`;
  return 'resource_id' in scope
    ? db`select ${scope.resource_id}::text as id`
    : db`
      select id from ${db(resources.ref)} where cloud_project_id = ${scope.project_id}
      union select resource_id from ${db(resourceTies.ref)} where rule_of = ${scope.project_id}`;
}

/** Those, what was taken of them, and what they were taken of. */
function concerned(db: Db, scope: RuleScope | undefined): Fragment {
  return db`
    with begun as materialized (${begunWith(db, scope)})
    select id from begun
    union select r.id from ${db(resources.ref)} r join begun b on r.source_id = b.id
    union select r.source_id from ${db(resources.ref)} r join begun b on r.id = b.id
      where r.source_id is not null`;
}

/**
 * The resources that a rule may concern. A resource is in its project since it was placed there; where that
 * was its first place, since its first sighting.
 */
export function ruledResources(db: Db, scope?: RuleScope): Promise<RuledResourceRow[]> {
  return db<RuledResourceRow[]>`
    with concerned as materialized (${concerned(db, scope)}),
    walked as (
      select o.resource_id, o.position, o.at, o.cloud_project_id,
        lag(o.cloud_project_id) over w as before, row_number() over w as number
      from ${db(resourceOwners.ref)} o join concerned c on c.id = o.resource_id
      where o.walked window w as (partition by o.resource_id order by o.position)
    ),
    places as (
      select distinct on (resource_id) resource_id, position, at, cloud_project_id, number
      from walked where number = 1 or cloud_project_id is distinct from before
      order by resource_id, position desc
    )
    select r.id as resource_id, r.tenant_id, r.source_id, r.stale,
      to_char(r.first_seen_at at time zone 'UTC', 'YYYY-MM-DD') as first_seen,
      case when p.resource_id is not null then jsonb_build_object('project_id', p.cloud_project_id,
        'position', p.position, 'since', to_char(
          (case when p.number = 1 then r.first_seen_at else p.at end) at time zone 'UTC', 'YYYY-MM-DD')
      ) end as place
    from concerned c join ${db(resources.ref)} r on r.id = c.id
    left join places p on p.resource_id = r.id
    order by r.id`;
}

/** The ties of these resources, each resource's in the order in which they were made. */
export function ruledTies(db: Db, resourceIds: readonly string[]): Promise<RuledTieRow[]> {
  return db<RuledTieRow[]>`
    select resource_id, deployment_id, tenant_id, effective_from, effective_to, position as tied_position,
      untied_position, untied_reason, rule_by, rule_of
    from ${db(resourceTies.ref)} where resource_id = any(${[...resourceIds]}::text[])
    order by resource_id, position`;
}

/** The rules of projects, ended ones included. */
export function projectRules(db: Db): Promise<ProjectRuleRow[]> {
  return db<ProjectRuleRow[]>`
    select id as project_id, case when removed then null else deploys end as deploys,
      case when removed then null
        else to_char(deploys_changed_at at time zone 'UTC', 'YYYY-MM-DD') end as changed
    from ${db(projects.ref)} where deploys_changed_at is not null order by id`;
}

/** A deployment that a rule ties to. */
export interface RuledDeploymentRow {
  deployment_id: string;
  tenant_id: string;
  state: string;
}

/** Tenant and state of deployments. */
export function ruledDeployments(db: Db, ids: readonly string[]): Promise<RuledDeploymentRow[]> {
  return db<RuledDeploymentRow[]>`
    select id as deployment_id, tenant_id, state from ${db(deployments.ref)}
    where id = any(${[...ids]}::text[])`;
}

/** Loader of `set-project-rule`. */
export async function loadProjectRuleContext(
  db: Db,
  { deployment_id }: { deployment_id: string },
): Promise<{ deployment: RuledDeploymentRow | null }> {
  const [deployment] = await ruledDeployments(db, [deployment_id]);
  return { deployment: deployment ?? null };
}

/** The rule that concerns a resource: that of its source's tie, else that of its project; null for none. */
export async function ruleOfResource(
  db: Db,
  resourceId: string,
): Promise<{ by: 'project' | 'source'; id: string; deployment_id: string; tenant_id: string } | null> {
  const [row] = await db<
    { by: 'project' | 'source'; id: string; deployment_id: string; tenant_id: string }[]
  >`
    select found.by, found.id, found.deployment_id, d.tenant_id from (
      select 1 as first, 'source' as by, s.id, t.deployment_id from ${db(resources.ref)} r
      join ${db(resources.ref)} s on s.id = r.source_id
      join ${db(resourceTies.ref)} t on t.resource_id = s.id and t.effective_to is null
      where r.id = ${resourceId}
      union all
      select 2, 'project', p.id, p.deploys from ${db(resources.ref)} r
      join ${db(projects.ref)} p on p.id = r.cloud_project_id and p.deploys is not null and not p.removed
      where r.id = ${resourceId}
    ) found join ${db(deployments.ref)} d on d.id = found.deployment_id
    order by found.first limit 1`;
  return row ?? null;
}

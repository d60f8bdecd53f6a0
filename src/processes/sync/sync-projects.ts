import {
  countedSweepOf,
  mirroredProjects,
  placedResources,
  type MirroredProject,
} from '../../../projections/inventory/sweep-queries.ts';
import { sweptKinds } from '../../../projections/inventory/resource-queries.ts';
import { fallbackTenant } from '../../../commands/inventory/resource.ts';
import type { Sweep } from '../../../commands/inventory/observe-resource.ts';
import { commands } from '../commands.ts';
import { kindsWithGetById } from '../../digitalocean/inventory-api.ts';
import type { Ledger } from '../../ledger/ledger.ts';
import { resourceIdOf } from '../../ledger/resource-id.ts';
import { canonicalJson } from '../../runtime/canonical-json.ts';
import type { ObservedProject } from '../../digitalocean/project-api.ts';
import { requireDigitalOcean } from '../ask-upstream.ts';
import type { ProcessDeps, ProcessRun } from '../process.ts';
import { mapBounded } from '../../runtime/map-bounded.ts';
import { confirmWalk, leftBehind, type MirroredPlace } from './confirm-walk.ts';
import { sum, sweepOf } from './sweep-kind.ts';
import type { SweepResult } from './sweep-result.ts';
import { claimKey, walkProjects, type ClaimedResource, type ProjectWalk } from './walk-projects.ts';

const covered: ReadonlySet<string> = new Set(sweptKinds);

/** A resource's project: its last one if that still names it, so that two that name it do not take turns. */
function placeOf(claim: ClaimedResource, known: MirroredPlace | undefined): string | null {
  const present = known?.cloud_project_id ?? null;
  return present !== null && claim.projects.includes(present)
    ? present
    : ([...claim.projects].sort()[0] ?? null);
}

/** What the mirror knows, and the walk that is compared with it. */
interface Comparison {
  ledger: Ledger;
  run: ProcessRun;
  sweep: Sweep;
  walk: ProjectWalk;
  projects: readonly MirroredProject[];
  placed: readonly MirroredPlace[];
}

const countChanged = async (outcome: Promise<{ appended: number }>): Promise<number> =>
  (await outcome).appended > 0 ? 1 : 0;

function isMirrored(known: MirroredProject | undefined, seen: ObservedProject): boolean {
  if (known === undefined || known.removed) return false;
  const plain = ({ created_at, ...project }: ObservedProject | MirroredProject) =>
    canonicalJson([
      ...(['name', 'description', 'purpose', 'environment', 'is_default'] as const).map(
        (key) => project[key],
      ),
      created_at === null ? null : Date.parse(created_at),
    ]);
  return plain(known) === plain(seen);
}

/** Mirrors the projects themselves. */
async function mirrorProjects(
  { ledger, run, walk, projects }: Comparison,
  gone: readonly string[],
): Promise<number> {
  const known = new Map(projects.map((project) => [project.id, project]));
  const differing = walk.projects.filter((project) => !isMirrored(known.get(project.id), project));
  const observed = await mapBounded(differing, ({ id, ...fields }) =>
    countChanged(ledger.execute(commands.observeProject, { project_id: id, ...fields }, run.meta())),
  );
  const removed = await mapBounded(gone, (project_id) =>
    countChanged(ledger.execute(commands.removeProject, { project_id }, run.meta())),
  );
  return sum(observed) + sum(removed);
}

/** Places one claimed resource, and discovers it first where only the walk knows its kind. */
async function placeClaim(
  { ledger, run, sweep }: Comparison,
  claim: ClaimedResource,
  known: MirroredPlace | undefined,
  tenants: ReadonlyMap<string, string | null>,
): Promise<number> {
  const { kind, provider_id, region } = claim;
  const cloud_project_id = placeOf(claim, known);
  const project_tenant_id = cloud_project_id === null ? null : (tenants.get(cloud_project_id) ?? null);
  let changed = 0;
  const resource_id = resourceIdOf(kind, provider_id);
  const isNew = known === undefined || known.missed_syncs > 0;
  if (!covered.has(kind) && (isNew || (region !== null && region !== known.region))) {
    const placeholder = {
      kind,
      provider_id,
      name: provider_id,
      region,
      size_slug: null,
      status: 'active',
      created_at: null,
      attrs: {},
      placeholder: true,
      sweep,
    };
    changed += (await ledger.execute(commands.observeResource, placeholder, run.meta())).appended;
  }
  const tenant = project_tenant_id ?? fallbackTenant;
  const isPlaced =
    known !== undefined &&
    known.cloud_project_id === cloud_project_id &&
    (known.classified || known.tenant_id === tenant);
  // The mirror may not have a resource of a covered kind yet: its sync finds it, and it gets this place.
  if (!isPlaced) {
    changed += (
      await ledger.execute(
        commands.attributeResource,
        { resource_id, cloud_project_id, project_tenant_id },
        run.meta(),
      )
    ).appended;
  }
  return changed > 0 ? 1 : 0;
}

/** Sets project and tenant of the resources that the walk names, and of those in no project any more. */
async function placeResources(comparison: Comparison, left: readonly MirroredPlace[]): Promise<number> {
  const { ledger, run, walk, projects, placed } = comparison;
  const known = new Map(placed.map((resource) => [claimKey(resource.kind, resource.provider_id), resource]));
  const tenants = new Map(projects.map((project) => [project.id, project.tenant_id]));
  const claims = [...walk.claims].filter(
    ([key, claim]) => claim.present && !(covered.has(claim.kind) && known.get(key)?.stale === true),
  );
  let done = 0;
  const changed = await mapBounded(claims, async ([key, claim]) => {
    const count = await placeClaim(comparison, claim, known.get(key), tenants);
    run.progress(++done, claims.length, 'projects');
    return count;
  });
  const fallen = await mapBounded(left, ({ id }) =>
    countChanged(
      ledger.execute(
        commands.attributeResource,
        { resource_id: id, cloud_project_id: null, project_tenant_id: null },
        run.meta(),
      ),
    ),
  );
  return sum(changed) + sum(fallen);
}

/** Strikes missing resources of kinds that only the walk covers. */
async function strikeMissing(
  { ledger, run, sweep, walk, placed }: Comparison,
  lastSeenAt: string | null,
): Promise<number> {
  const missing = placed.filter(
    (resource) =>
      !covered.has(resource.kind) &&
      !resource.stale &&
      walk.claims.get(claimKey(resource.kind, resource.provider_id))?.present !== true,
  );
  return sum(
    await mapBounded(missing, ({ id }) =>
      countChanged(
        ledger.execute(
          commands.missResource,
          { resource_id: id, sweep, last_seen_at: lastSeenAt },
          run.meta(),
        ),
      ),
    ),
  );
}

/**
 * The project walk (spec 3): mirrors the projects and places every resource that they name. For kinds without
 * a sync of their own it discovers resources and counts as their sweep.
 */
export async function syncProjects(deps: ProcessDeps, run: ProcessRun): Promise<SweepResult> {
  const { ledger } = deps;
  const client = requireDigitalOcean(deps.digitalOcean);
  const startedAt = ledger.now();
  const walk = await walkProjects(client);
  const sweep = sweepOf('project', run, startedAt, ledger.now());
  const { last, projects, placed } = await ledger.readLatest(async (db) => ({
    last: await countedSweepOf(db, 'project'),
    projects: await mirroredProjects(db),
    placed: await placedResources(db),
  }));
  // All requests to the provider come before the first command: a walk that fails changes nothing.
  const gone = await confirmWalk(client, walk, projects, placed);
  const left = await leftBehind(
    client,
    walk,
    placed,
    gone,
    new Set([...covered].filter((kind) => kindsWithGetById.has(kind))),
  );

  const comparison: Comparison = { ledger, run, sweep, walk, projects, placed };
  const projectsChanged = await mirrorProjects(comparison, gone);
  const changed = projectsChanged + (await placeResources(comparison, left));
  const missed =
    last === null || sweep.started_at >= last.ended_at
      ? await strikeMissing(comparison, last?.started_at ?? null)
      : 0;
  const seen = [...walk.claims.values()].filter((claim) => claim.present).length;
  const result = { seen, changed, missed };
  await ledger.execute(commands.recordSweep, { ...sweep, kind: 'project', ...result }, run.meta());
  return result;
}

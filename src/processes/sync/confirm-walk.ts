import type { MirroredProject, MirroredResource } from '../../../projections/inventory/sweep-queries.ts';
import type { DigitalOceanClient } from '../../digitalocean/client.ts';
import { refuse, Refused } from '../../ledger/refusal.ts';
import { askUpstream } from '../ask-upstream.ts';
import { mapBounded } from '../../runtime/map-bounded.ts';
import { addClaims, claimKey, resourcesNow, walkConcurrency, type ProjectWalk } from './walk-projects.ts';

/** A mirrored resource without its attributes, for the walk. */
export type MirroredPlace = Omit<MirroredResource, 'attrs'>;

/** The most resources that one walk gets by id; the others wait for the next walk. */
const mostAsked = 100;

/**
 * Asks the provider again where a walk shows less than the mirror, since trouble must not read as deletion.
 * The resources of known projects that were not listed are requested; those of a project that suddenly has
 * none are requested again. The answers are added to the walk.
 * @returns the ids of projects that the provider confirms gone
 * @throws {Refused} `upstream-failed` when nothing is listed although a known project still answers
 */
export async function confirmWalk(
  client: DigitalOceanClient,
  walk: ProjectWalk,
  projects: readonly MirroredProject[],
  placed: readonly MirroredPlace[],
): Promise<string[]> {
  const listed = new Set(walk.projects.map((project) => project.id));
  const unlisted = projects.filter((project) => !project.removed && !listed.has(project.id));
  const answers = await mapBounded(
    unlisted,
    async ({ id }) => ({ id, resources: await resourcesNow(client, id) }),
    walkConcurrency,
  );
  const alive = answers.find((answer) => answer.resources !== null);
  if (listed.size === 0 && alive !== undefined) {
    throw new Refused(
      refuse(
        'upstream-failed',
        `DigitalOcean lists no project, yet has ${alive.id}: this sweep counts as none`,
      ),
    );
  }
  for (const { id, resources } of answers) if (resources !== null) addClaims(walk, id, resources);

  const held = new Set(
    placed.filter((resource) => !resource.stale).map((resource) => resource.cloud_project_id),
  );
  const emptied = [...listed].filter((id) => walk.sizes.get(id) === 0 && held.has(id));
  for (const id of emptied) addClaims(walk, id, (await resourcesNow(client, id)) ?? []);
  return answers.filter((answer) => answer.resources === null).map((answer) => answer.id);
}

/** Whether the provider still has a resource by id. */
async function stillThere(
  client: DigitalOceanClient,
  { kind, provider_id }: MirroredPlace,
): Promise<boolean> {
  return (
    (await askUpstream(
      `${kind} ${provider_id}, which no project names any more`,
      client.getResource(kind, provider_id),
    )) !== null
  );
}

/**
 * Refuses a walk that names none of several known resources of a kind, although one of them is there by id:
 * such a listing is filtered, as for a token that lost a scope. Resources of gone projects prove nothing.
 */
async function refuseFiltered(
  client: DigitalOceanClient,
  walk: ProjectWalk,
  absent: readonly MirroredPlace[],
): Promise<void> {
  const named = new Set([...walk.claims.values()].map((claim) => claim.kind));
  for (const kind of new Set(absent.map((resource) => resource.kind))) {
    const [witness, ...others] = absent.filter((resource) => resource.kind === kind);
    if (named.has(kind) || witness === undefined || others.length === 0) continue;
    if (await stillThere(client, witness)) {
      throw new Refused(
        refuse(
          'upstream-failed',
          `no project names any ${kind}, yet DigitalOcean has ${witness.provider_id}: ` +
            'this sweep counts as none (does the token lack a scope?)',
        ),
      );
    }
  }
}

/**
 * The resources that left their project: the mirror has them in one, no project names them, and the provider
 * confirms them by id. One that is gone by id keeps its place: the sync of its kind strikes it.
 * @param gone ids of projects that the provider confirms gone
 * @param covered kinds that have a sync and a request by id
 * @throws {Refused} `upstream-failed` when such a request fails, or the walk was filtered
 */
export async function leftBehind(
  client: DigitalOceanClient,
  walk: ProjectWalk,
  placed: readonly MirroredPlace[],
  gone: readonly string[],
  covered: ReadonlySet<string>,
): Promise<MirroredPlace[]> {
  const absent = placed
    .filter((resource) => !resource.stale && resource.cloud_project_id !== null && covered.has(resource.kind))
    .filter((resource) => !walk.claims.has(claimKey(resource.kind, resource.provider_id)));
  await refuseFiltered(
    client,
    walk,
    absent.filter(
      (resource) => resource.cloud_project_id !== null && !gone.includes(resource.cloud_project_id),
    ),
  );
  const there = await mapBounded(
    absent.slice(0, mostAsked),
    (resource) => stillThere(client, resource),
    walkConcurrency,
  );
  return absent.filter((_, index) => there[index] === true);
}

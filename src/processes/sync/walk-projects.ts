import type { ObservedProject, ProjectResource } from '../../digitalocean/project-api.ts';
import type { DigitalOceanClient } from '../../digitalocean/client.ts';
import { isConfirmedNotFound } from '../../digitalocean/errors.ts';
import { askUpstream } from '../ask-upstream.ts';
import { mapBounded } from '../../runtime/map-bounded.ts';

/** Requests of one walk at once; the client's budget sets the pace. */
export const walkConcurrency = 4;

/** A resource that at least one project names. */
export interface ClaimedResource {
  kind: string;
  provider_id: string;
  /** The projects that name it: two may, while it is moved. */
  projects: string[];
  /** False when every project lists it as not found: this is no sighting, and says nothing on its place. */
  present: boolean;
  /** Null where no project names it. */
  region: string | null;
}

/** The findings of one walk. */
export interface ProjectWalk {
  projects: ObservedProject[];
  /** By {@link claimKey}. */
  claims: Map<string, ClaimedResource>;
  /** How many resources each listed project named. */
  sizes: Map<string, number>;
}

/** The key of a resource, unique across kinds. */
export const claimKey = (kind: string, providerId: string): string => `${kind}:${providerId}`;

/** A project's resources; null for a project that has gone since it was listed. */
export async function resourcesNow(
  client: DigitalOceanClient,
  projectId: string,
): Promise<ProjectResource[] | null> {
  try {
    return await client.listProjectResources(projectId);
  } catch (error) {
    if (isConfirmedNotFound(error)) return null;
    return askUpstream(`resources of project ${projectId}`, Promise.reject(error as Error));
  }
}

/** Adds the resources that a project names to the claims. */
export function addClaims(walk: ProjectWalk, projectId: string, resources: readonly ProjectResource[]): void {
  walk.sizes.set(projectId, resources.length);
  for (const { kind, provider_id, status, region } of resources) {
    const key = claimKey(kind, provider_id);
    const claim = walk.claims.get(key) ?? { kind, provider_id, projects: [], present: false, region: null };
    walk.claims.set(key, claim);
    if (status === 'not_found') continue;
    claim.present = true;
    claim.region ??= region ?? null;
    if (!claim.projects.includes(projectId)) claim.projects.push(projectId);
  }
}

/**
 * Lists all projects and what each holds.
 * @throws {Refused} `upstream-failed` when any page fails: there is no partial walk
 */
export async function walkProjects(client: DigitalOceanClient): Promise<ProjectWalk> {
  const listed = await askUpstream('the list of projects', client.listProjects());
  const held = await mapBounded(
    listed,
    async (project) => ({ project, resources: await resourcesNow(client, project.id) }),
    walkConcurrency,
  );
  const walk: ProjectWalk = { projects: [], claims: new Map(), sizes: new Map() };
  for (const { project, resources } of held) {
    if (resources === null) continue;
    walk.projects.push(project);
    addClaims(walk, project.id, resources);
  }
  return walk;
}

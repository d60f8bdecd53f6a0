import type { ObservedProject, ProjectResource } from '../../digitalocean/project-api.ts';
import type { DigitalOceanClient } from '../../digitalocean/client.ts';
import { isConfirmedNotFound } from '../../digitalocean/errors.ts';
import { askUpstream } from '../ask-upstream.ts';
import { mapBounded } from '../../runtime/bounded.ts';

/** Requests of one walk that are under way at once; the client's budget sets the pace. */
export const walkConcurrency = 4;

/** A resource that some project names. */
export interface ClaimedResource {
  kind: string;
  provider_id: string;
  /** The projects that name it: for a moment, two may. */
  projects: string[];
  /**
   * False when every project says that it is not there any more: no sighting, and no word on where it
   * belongs.
   */
  present: boolean;
}

/** What one walk found. */
export interface ProjectWalk {
  projects: ObservedProject[];
  /** By {@link claimKey}. */
  claims: Map<string, ClaimedResource>;
  /** How many resources each project that answered named. */
  sizes: Map<string, number>;
}

/** Names a resource across kinds. */
export const claimKey = (kind: string, providerId: string): string => `${kind}:${providerId}`;

/** A project's resources; null for a project that is gone since it was listed. */
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

/** Adds what a project names to the claims. */
export function addClaims(walk: ProjectWalk, projectId: string, resources: readonly ProjectResource[]): void {
  walk.sizes.set(projectId, resources.length);
  for (const { kind, provider_id, status } of resources) {
    const key = claimKey(kind, provider_id);
    const claim = walk.claims.get(key) ?? { kind, provider_id, projects: [], present: false };
    walk.claims.set(key, claim);
    if (status === 'not_found') continue;
    claim.present = true;
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

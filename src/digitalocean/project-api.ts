import { z } from 'zod';
import { providerIdSchema, readObject, timeSchema } from './normalise/shared.ts';
import { listAll, type ItemPlace } from './paging.ts';
import type { Transport } from './transport.ts';
import { parseUrn, type ParsedUrn } from './urn.ts';
import { pathPart } from './path-part.ts';

export interface ObservedProject {
  id: string;
  name: string;
  description: string;
  purpose: string;
  /** Development, Staging, Production; DigitalOcean also answers with an empty one. */
  environment: string;
  is_default: boolean;
  created_at: string | null;
}

export interface ProjectResource extends ParsedUrn {
  /**
   * `ok`, `not_found`, `service_down` and others; null where DigitalOcean gives none. Trouble with a resource
   * is no deletion.
   */
  status: string | null;
  /** Of a bucket, where its link names it: nothing else in the API does. */
  region?: string;
}

export interface ProjectApi {
  listProjects(): Promise<ObservedProject[]>;
  /** A project's resources, unknown URN types included. A token sees only the kinds of its scopes. */
  listProjectResources(projectId: string): Promise<ProjectResource[]>;
}

/** A text that DigitalOcean may leave out. */
const textSchema = z
  .string()
  .nullish()
  .transform((text) => text ?? '');

const projectSchema = z.object({
  id: providerIdSchema,
  name: z.string(),
  description: textSchema,
  purpose: textSchema,
  environment: textSchema,
  is_default: z
    .boolean()
    .nullish()
    .transform((isDefault) => isDefault ?? false),
  created_at: timeSchema,
});

const projectResourceSchema = z.object({
  urn: z.string().transform((urn, context) => {
    const parsed = parseUrn(urn);
    if (parsed !== null) return parsed;
    context.addIssue({ code: 'custom', message: 'not a URN' });
    return z.NEVER;
  }),
  status: z.string().nullish(),
  links: z.object({ self: z.string().nullish() }).nullish().catch(null),
});

/** The link of a bucket: `https://<name>.<region>.digitaloceanspaces.com`. */
const bucketHost = /\.([a-z]{3}\d{1,3})\.digitaloceanspaces\.com$/;

function regionIn(link: string | null | undefined): string | undefined {
  if (link === null || link === undefined || !URL.canParse(link)) return undefined;
  return bucketHost.exec(new URL(link).hostname)?.[1];
}

/** Projects and their resources. A listing is complete, or throws DigitalOceanError. */
export function createProjectApi(transport: Transport): ProjectApi {
  return {
    listProjects: () =>
      listAll(transport, {
        path: '/v2/projects',
        rootKey: 'projects',
        read: (raw, where) => readObject(projectSchema, raw, where),
        keyOf: (project) => project.id,
        priority: 'projects',
      }),
    listProjectResources: (projectId) =>
      listAll(transport, {
        path: `/v2/projects/${pathPart(projectId)}/resources`,
        rootKey: 'resources',
        read: readProjectResource,
        keyOf: (resource) => resource.urn,
        priority: 'projects',
      }),
  };
}

function readProjectResource(raw: unknown, where: ItemPlace): ProjectResource {
  const { urn, status, links } = readObject(projectResourceSchema, raw, where);
  const region = urn.kind === 'spaces_bucket' ? regionIn(links?.self) : undefined;
  return { ...urn, status: status ?? null, ...(region === undefined ? {} : { region }) };
}

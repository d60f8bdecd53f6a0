import { z } from 'zod';
import { listProjects } from '../../../projections/inventory/project-queries.ts';
import { assignInput } from '../../../commands/inventory/assign-resource.ts';
import { attributeProject } from '../../processes/sync/attribute-project.ts';
import { commands } from '../../processes/commands.ts';
import { defineRoute } from '../route.ts';
import { list, one, pageQuery } from '../schemas.ts';

const projectRow = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  purpose: z.string(),
  environment: z.string(),
  is_default: z.boolean(),
  created_at: z.string().nullable(),
  tenant_id: z.string().nullable(),
  resources: z.int(),
});

const listRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/projects',
  tag: 'projects',
  summary: "The provider's projects and whom they belong to",
  access: 'admin',
  query: z.strictObject({ ...pageQuery }),
  response: list(projectRow),
  async handle({ page: { after, limit, of } }, { ledger }) {
    const last = after(z.tuple([z.string(), z.string()]));
    const rows = await ledger.query((db) => listProjects(db, last, limit + 1));
    return { body: of(rows, (row) => [row.name, row.id]) };
  },
});

const assignRoute = defineRoute({
  method: 'POST',
  path: '/api/v1/projects/:id/assign',
  tag: 'projects',
  summary:
    'Give a project to a tenant: its resources follow at once, except those that an admin has classified',
  access: 'admin',
  body: assignInput,
  response: one(z.object({ id: z.string(), tenant_id: z.string(), attributed: z.int() })),
  async handle({ params, body, meta }, { ledger }) {
    const { result } = await ledger.execute(commands.assignProject, { project_id: params.id, ...body }, meta);
    const attributed = await attributeProject(ledger, params.id, body.tenant_id, meta);
    return { body: { data: { ...result, attributed } }, position: await ledger.position() };
  },
});

/** The provider's projects. */
export const projectRoutes = [listRoute, assignRoute];

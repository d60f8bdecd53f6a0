import { z } from 'zod';
import { listProjects } from '../../../projections/inventory/project-queries.ts';
import { assignInput } from '../../../commands/inventory/assign-resource.ts';
import { attributeProject } from '../../processes/sync/attribute-project.ts';
import { commands } from '../../processes/commands.ts';
import { defineRoute } from '../route.ts';
import { runTieRules } from '../../processes/ties/run-tie-rules.ts';
import { freshMeta } from '../../ledger/fresh-meta.ts';
import type { CommandMeta, Ledger } from '../../ledger/ledger.ts';
import { idSchema, list, one, pageQuery } from '../schemas.ts';

const projectRow = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  purpose: z.string(),
  environment: z.string(),
  is_default: z.boolean(),
  created_at: z.string().nullable(),
  tenant_id: z.string().nullable(),
  deploys: z.string().nullable(),
  resources: z.int(),
});

export const listProjectsRoute = defineRoute({
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

export const assignProjectRoute = defineRoute({
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

const ruleAnswer = z.object({ id: z.string(), deploys: z.string().nullable(), changed: z.int() });

/** Ties and unties what is in the project, for a repeated request too: the first may have been cut off. */
async function ruled(ledger: Ledger, rule: { id: string; deploys: string | null }, meta: CommandMeta) {
  const run = { meta: () => freshMeta(ledger, meta) };
  const changed = await runTieRules(ledger, run, { project_id: rule.id });
  return { body: { data: { ...rule, changed } }, position: await ledger.position() };
}

export const deploysRoute = defineRoute({
  method: 'POST',
  path: '/api/v1/projects/:id/deploys',
  tag: 'projects',
  summary: 'Tie the resources of a project to a deployment by themselves',
  description:
    'Each resource of the project belongs to the deployment from its first sighting in the project on. A ' +
    'tie by hand wins. A resource that leaves the project is untied on that day. Another deployment ' +
    'replaces it.',
  access: 'admin',
  body: z.strictObject({ deployment_id: idSchema }),
  response: one(ruleAnswer),
  async handle({ params, body, meta }, { ledger }) {
    const { result } = await ledger.execute(
      commands.setProjectRule,
      { project_id: params.id, ...body },
      meta,
    );
    return ruled(ledger, result, meta);
  },
});

export const endDeploysRoute = defineRoute({
  method: 'DELETE',
  path: '/api/v1/projects/:id/deploys',
  tag: 'projects',
  summary: 'End the rule of a project: the ties that it made end today',
  access: 'admin',
  response: one(ruleAnswer),
  async handle({ params, meta }, { ledger }) {
    const { result } = await ledger.execute(commands.endProjectRule, { project_id: params.id }, meta);
    return ruled(ledger, result, meta);
  },
});

/** The provider's projects. */
export const projectRoutes = [listProjectsRoute, assignProjectRoute, deploysRoute, endDeploysRoute];

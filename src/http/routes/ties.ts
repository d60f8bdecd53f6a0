import { z } from 'zod';
import { tieResult, type TieResult } from '../../../commands/inventory/tie-resource.ts';
import { commands } from '../../processes/commands.ts';
import { runTieRules } from '../../processes/ties/run-tie-rules.ts';
import { freshMeta } from '../../ledger/fresh-meta.ts';
import type { CommandMeta } from '../../ledger/ledger.ts';
import type { Deps } from '../deps.ts';
import { defineRoute } from '../route.ts';
import { daySchema, idSchema, one } from '../schemas.ts';

/**
 * Meters the metered days from `from` until today anew, since a tie to a past day changes them. It runs for
 * a repeated request too: the first may have been cut off before it.
 * @returns the `Ledger-Position` after it
 */
async function remeterSince(
  deps: Deps,
  { deployment_id: deploymentId, resource_id }: TieResult,
  from: string,
  meta: CommandMeta,
  position: string,
): Promise<string> {
  // Backups and snapshots follow what they were taken of.
  const run = { meta: () => freshMeta(deps.ledger, meta) };
  const followed = await runTieRules(deps.ledger, run, { resource_id });
  if (followed > 0) position = await deps.ledger.position();
  const to = deps.ledger.now().slice(0, 10);
  if (from >= to) return position;
  await deps.remeter?.({ deploymentIds: [deploymentId], from, to }, meta);
  return deps.ledger.position();
}

/** Ties a resource to a deployment. */
export const tieResourceRoute = defineRoute({
  method: 'POST',
  path: '/api/v1/deployments/:id/resources',
  tag: 'deployments',
  summary: 'Tie a resource to a deployment from a UTC day on (default today)',
  description:
    'A day belongs to the deployment that holds the resource at its end. An earlier day meters the days ' +
    'since then anew; a day of an invoiced period is refused.',
  access: 'admin',
  body: z.strictObject({ resource_id: idSchema, effective_from: daySchema.optional() }),
  response: one(tieResult),
  status: 201,
  async handle({ params, body, meta }, deps) {
    const { result, position } = await deps.ledger.execute(
      commands.tieResource,
      { deployment_id: params.id, ...body },
      meta,
    );
    return {
      body: { data: result },
      position: await remeterSince(deps, result, result.effective_from, meta, position),
    };
  },
});

/** Ends a tie. */
export const untieResourceRoute = defineRoute({
  method: 'DELETE',
  path: '/api/v1/deployments/:id/resources/:resource_id',
  tag: 'deployments',
  summary: 'End a tie before a UTC day (default today)',
  access: 'admin',
  query: z.strictObject({ effective_to: daySchema.optional() }),
  response: one(tieResult),
  async handle({ params, query, meta }, deps) {
    const { result, position } = await deps.ledger.execute(
      commands.untieResource,
      { deployment_id: params.id, resource_id: params.resource_id, ...query },
      meta,
    );
    return {
      body: { data: result },
      position: await remeterSince(deps, result, result.effective_to, meta, position),
    };
  },
});

/** Ties of resources to deployments. */
export const tieRoutes = [tieResourceRoute, untieResourceRoute];

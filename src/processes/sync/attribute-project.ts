import type { CommandMeta, Ledger } from '../../ledger/ledger.ts';
import { commands } from '../commands.ts';
import { resourcesOfProject } from '../../../projections/inventory/sweep-queries.ts';
import { mapBounded } from '../../runtime/map-bounded.ts';

/**
 * Gives a project's resources to its tenant, except those that an admin has classified. The next project walk
 * completes what a crash left undone.
 * @returns how many changed their tenant
 */
export async function attributeProject(
  ledger: Ledger,
  projectId: string,
  tenantId: string,
  meta: CommandMeta,
): Promise<number> {
  const resourceIds = await ledger.readLatest((db) => resourcesOfProject(db, projectId));
  const outcomes = await mapBounded(resourceIds, (resource_id) =>
    ledger.execute(
      commands.attributeResource,
      { resource_id, cloud_project_id: projectId, project_tenant_id: tenantId },
      meta,
    ),
  );
  return outcomes.filter((outcome) => outcome.appended > 0).length;
}

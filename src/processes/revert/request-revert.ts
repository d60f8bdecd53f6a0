import { planRevert } from '../../../commands/inventory/request-revert.ts';
import { resource, resourceStream, seenResource } from '../../../commands/inventory/resource.ts';
import type { Revert } from '../../../commands/inventory/revert.ts';
import { latestSizes } from '../../../projections/costs/size-queries.ts';
import type { DigitalOceanClient } from '../../digitalocean/client.ts';
import { foldStream } from '../../ledger/fold-stream.ts';
import type { CommandMeta, Ledger } from '../../ledger/ledger.ts';
import { Refused } from '../../ledger/refusal.ts';
import { askUpstream, requireDigitalOcean } from '../ask-upstream.ts';
import { commands } from '../commands.ts';
import { requireProvisioning, type RevertDeps } from './run-revert.ts';

/**
 * Records that a drift is to be reverted; the disk of the size to go back to is as the provider has it.
 * @returns the revert, which may be one of before; and the position of its request
 * @throws {Refused} `not-configured`, `upstream-failed`, or why this drift can't be reverted
 */
export async function requestRevert(
  deps: RevertDeps,
  input: { drift_id: string; resource_id: string; confirm: string },
  meta: CommandMeta,
): Promise<{ revert: Revert; position: string }> {
  requireProvisioning(deps.provisioning);
  const client = requireDigitalOcean(deps.digitalOcean);
  const events = await deps.ledger.events(resourceStream(input.resource_id));
  const state = foldStream(resource, events);
  const plan = planRevert(state, input);
  if ('refused' in plan) throw new Refused(plan);
  const desired_disk_gb = 'same' in plan ? null : await diskOf(deps.ledger, client, plan.desired);
  const { result, position } = await deps.ledger.execute(
    commands.requestRevert,
    { ...input, desired_disk_gb },
    meta,
  );
  if (result === null) throw new Error(`no revert of ${seenResource(state)?.resource_id} was recorded`);
  return { revert: result, position };
}

/**
 * The disk of a size in GB: as mirrored, else as DigitalOcean lists it now, such as a size that was withdrawn
 * and is back; null for an unknown one.
 */
async function diskOf(ledger: Ledger, client: DigitalOceanClient, slug: string): Promise<number | null> {
  const mirrored = (await ledger.readLatest(latestSizes)).get(slug);
  if (mirrored?.withdrawn_on === null) return mirrored.disk_gb;
  const listed = await askUpstream(`the size ${slug}`, client.listSizes());
  return listed.find((size) => size.slug === slug)?.disk_gb ?? null;
}

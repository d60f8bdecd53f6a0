import { changedFields } from '../../../commands/inventory/observation.ts';
import type { ObserveResource, Sweep } from '../../../commands/inventory/observe-resource.ts';
import type { Observed } from '../../../commands/inventory/resource.ts';
import {
  countedSweepOf,
  mirroredResources,
  type MirroredResource,
} from '../../../projections/inventory/sweep-queries.ts';
import { commands } from '../commands.ts';
import { kindsWithGetById } from '../../digitalocean/inventory-api.ts';
import type { DigitalOceanClient } from '../../digitalocean/client.ts';
import type { ListedKind, ObservedResource } from '../../digitalocean/observed-resource.ts';
import { idFrom } from '../../ledger/ids.ts';
import { refuse, Refused } from '../../ledger/refusal.ts';
import { askUpstream, requireDigitalOcean } from '../ask-upstream.ts';
import type { ProcessDeps, ProcessRun } from '../process.ts';
import { mapBounded } from '../../runtime/map-bounded.ts';
import type { SweepResult } from './sweep-result.ts';

/** Reads every resource of a kind at the provider, or fails. */
export type ListKind = (client: DigitalOceanClient, deps: ProcessDeps) => Promise<ObservedResource[]>;

/** A sweep's identity: a run that is tried again is another sweep, since it reads again. */
export function sweepOf(kind: string, run: ProcessRun, started_at: string, ended_at: string): Sweep {
  return { sweep_id: idFrom('sweep', kind, run.runId, started_at), started_at, ended_at };
}

/**
 * Accepts an empty list of a kind that the mirror has resources of only if one of them is gone by id too.
 * Kinds without a request by id are accepted: a resource goes stale only after three strikes.
 * @throws {Refused} `upstream-failed`, so that the sweep counts as none
 */
async function confirmEmpty(
  client: DigitalOceanClient,
  kind: string,
  known: readonly MirroredResource[],
): Promise<void> {
  const witness = known.find((resource) => !resource.stale);
  if (witness === undefined || !kindsWithGetById.has(kind)) return;
  const found = await askUpstream(
    `${kind} ${witness.provider_id}, to confirm an empty list`,
    client.getResource(kind, witness.provider_id),
  );
  if (found === null) return;
  throw new Refused(
    refuse(
      'upstream-failed',
      `DigitalOcean lists no ${kind}, yet has ${witness.provider_id}: this sweep counts as none`,
    ),
  );
}

/** The mirror's row in the form of a sighting. */
function mirrored(known: MirroredResource): Observed {
  const { name, region, size_slug, status, attrs } = known;
  return {
    name,
    region,
    size_slug,
    status,
    attrs: attrs as Observed['attrs'],
    created_at: sameInstant(known.created_at),
  };
}

/** An instant with milliseconds, as the mirror has it; the provider's may have none. */
const sameInstant = (time: string | null): string | null =>
  time === null ? null : new Date(time).toISOString();

/** True when the mirror has the resource unchanged: nothing is recorded. */
function isUnchanged(known: MirroredResource | undefined, seen: ObservedResource): boolean {
  if (known === undefined || known.missed_syncs > 0) return false;
  return changedFields(mirrored(known), { ...seen, created_at: sameInstant(seen.created_at) }).length === 0;
}

/** Compares what a sweep saw with the mirror: what to observe, and what to strike. */
function compare(seen: readonly ObservedResource[], known: readonly MirroredResource[]) {
  const knownById = new Map(known.map((resource) => [resource.provider_id, resource]));
  const seenIds = new Set(seen.map((resource) => resource.provider_id));
  return {
    differing: seen.filter((resource) => !isUnchanged(knownById.get(resource.provider_id), resource)),
    missing: known.filter((resource) => !resource.stale && !seenIds.has(resource.provider_id)),
  };
}

/**
 * One sweep of one kind (spec 3): list all or fail, compare with the mirror, and record only what differs. It
 * strikes missing resources only if it began after the last counted sweep of the kind had ended; the commands
 * check that again on each resource's stream.
 */
export async function sweepKind(
  kind: ListedKind,
  list: ListKind,
  deps: ProcessDeps,
  run: ProcessRun,
): Promise<SweepResult> {
  const { ledger } = deps;
  const client = requireDigitalOcean(deps.digitalOcean);
  const startedAt = ledger.now();
  const seen = await askUpstream(`sync of ${kind}`, list(client, deps));
  const sweep = sweepOf(kind, run, startedAt, ledger.now());
  const { known, last } = await ledger.readLatest(async (db) => ({
    known: await mirroredResources(db, kind),
    last: await countedSweepOf(db, kind),
  }));
  if (seen.length === 0) await confirmEmpty(client, kind, known);

  const { differing, missing } = compare(seen, known);
  const counts = last === null || sweep.started_at >= last.ended_at;
  const strikes = counts ? missing : [];
  const total = differing.length + strikes.length;
  let done = 0;
  const countChanged = async (outcome: Promise<{ appended: number }>): Promise<number> => {
    const { appended } = await outcome;
    run.progress(++done, total, kind);
    return appended > 0 ? 1 : 0;
  };
  const observed = await mapBounded(differing, (resource) =>
    countChanged(ledger.execute(commands.observeResource, observationOf(resource, sweep), run.meta())),
  );
  const struck = await mapBounded(strikes, ({ id }) =>
    countChanged(
      ledger.execute(
        commands.missResource,
        { resource_id: id, sweep, last_seen_at: last?.started_at ?? null },
        run.meta(),
      ),
    ),
  );

  const result = { seen: seen.length, changed: sum(observed), missed: sum(struck) };
  await ledger.execute(commands.recordSweep, { ...sweep, kind, ...result }, run.meta());
  return result;
}

function observationOf(seen: ObservedResource, sweep: Sweep): ObserveResource {
  const { kind, provider_id, name, region, size_slug, status, created_at, attrs } = seen;
  return { kind, provider_id, name, region, size_slug, status, created_at, attrs, placeholder: false, sweep };
}

/** The sum of counts. */
export const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);

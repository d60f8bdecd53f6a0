import { tiedResourcesOnDay, type TiedResource } from '../../../projections/inventory/metering-queries.ts';
import {
  completedDays,
  countsOfDays,
  deploymentsMeteredOn,
  meteringConfigs,
  type DayCounts,
} from '../../../projections/usage/metering-queries.ts';
import { commands } from '../commands.ts';
import type { Db } from '../../database/db.ts';
import type { CommandMeta, Ledger } from '../../ledger/ledger.ts';
import { contentHash } from '../../ledger/content-parts.ts';
import { refuse, Refused } from '../../ledger/refusal.ts';
import { mapBounded } from '../../runtime/map-bounded.ts';
import { usageOfDay, type Granularities } from './usage-of-day.ts';

/** What is metered. */
export interface MeterDaysOptions {
  /** UTC days that have ended, each once. */
  days: readonly string[];
  /** Only these deployments; default: all with a tie on the day, or with usage of it already. */
  deploymentIds?: readonly string[];
  /** Marks the days as metered for all deployments. False only updates the marks of days that have one. */
  complete: boolean;
  /** Metadata of one command, a fresh command id each. */
  meta: () => CommandMeta;
  progress?: (done: number, total: number) => void;
}

/** One deployment's day as the ledger knows it. */
interface DeploymentDay {
  day: string;
  deployment_id: string;
  tenant_id: string;
  resources: TiedResource[];
}

interface Snapshot {
  granularities: Granularities;
  deploymentDays: DeploymentDay[];
}

/** The most appends of a set: beyond it two runs meter the same day against each other. */
const MAX_APPENDS = 1_000;

/**
 * Meters days: for each deployment and day one set of records from one snapshot of the ledger. Then it reads
 * the ledger again, and meters what a tie has changed meanwhile, whose own metering skips unmetered days.
 * @returns the days' counts, and how many deployment days changed
 */
export async function meterDays(
  ledger: Ledger,
  options: MeterDaysOptions,
): Promise<{ counts: DayCounts[]; changed: number }> {
  const metered = new Map<string, string>();
  const changed = new Set<string>();
  let counts: DayCounts[] = [];
  for (let round = 1; ; round++) {
    const { granularities, deploymentDays } = await ledger.readLatest((db) => snapshot(db, options));
    const due = deploymentDays
      .map((one) => ({ one, print: fingerprint(one, granularities) }))
      .filter(({ one, print }) => metered.get(keyOf(one)) !== print);
    if (round > 1 && due.length === 0) return { counts, changed: changed.size };
    let done = 0;
    await mapBounded(due, async ({ one, print }) => {
      if (await meterOne(ledger, one, granularities, options.meta)) changed.add(keyOf(one));
      metered.set(keyOf(one), print);
      options.progress?.(++done, due.length);
    });
    counts = await recordDays(ledger, options);
  }
}

const keyOf = ({ day, deployment_id }: DeploymentDay): string => `${day} ${deployment_id}`;

/** The hash of a deployment day's inputs: equal fingerprints make equal records. */
function fingerprint({ resources }: DeploymentDay, granularities: Granularities): string {
  return contentHash([[...granularities], resources]);
}

/** Every deployment day of the options: those with ties, and those that have usage, which may go. */
async function snapshot(db: Db, { days, deploymentIds }: MeterDaysOptions): Promise<Snapshot> {
  const granularities = new Map(
    (await meteringConfigs(db)).map(({ resource_kind, granularity }) => [resource_kind, granularity]),
  );
  const deploymentDays = new Map<string, DeploymentDay>();
  for (const day of days) {
    const at = (found: { deployment_id: string; tenant_id: string }): DeploymentDay => {
      const empty = { day, deployment_id: found.deployment_id, tenant_id: found.tenant_id, resources: [] };
      const known = deploymentDays.get(keyOf(empty)) ?? empty;
      deploymentDays.set(keyOf(known), known);
      return known;
    };
    for (const resource of await tiedResourcesOnDay(db, day, deploymentIds))
      at(resource).resources.push(resource);
    for (const found of await deploymentsMeteredOn(db, day, deploymentIds)) at(found);
  }
  return { granularities, deploymentDays: [...deploymentDays.values()] };
}

/** Meters one deployment's day, a large set in several appends. @returns whether the day's usage changed */
async function meterOne(
  ledger: Ledger,
  { day, deployment_id, tenant_id, resources }: DeploymentDay,
  granularities: Granularities,
  meta: MeterDaysOptions['meta'],
): Promise<boolean> {
  const input = { deployment_id, tenant_id, day, ...usageOfDay(resources, day, granularities) };
  let appended = 0;
  for (let appends = 0; appends < MAX_APPENDS; appends++) {
    const outcome = await ledger.execute(commands.meterDeploymentDay, input, meta());
    appended += outcome.appended;
    if (outcome.result.complete) return appended > 0;
  }
  throw new Refused(
    refuse('conflict', `${day} of deployment ${deployment_id} is being metered by others; try again`),
  );
}

/** Updates the days' marks to what was metered. */
async function recordDays(ledger: Ledger, { days, complete, meta }: MeterDaysOptions): Promise<DayCounts[]> {
  const counts = await ledger.readLatest(async (db) =>
    countsOfDays(db, complete ? days : await completedDays(db, days)),
  );
  await mapBounded(counts, (count) => ledger.execute(commands.recordDayMetered, count, meta()));
  return counts;
}

import { addonStream } from '../../../commands/catalog/addon.ts';
import { activeVersion, plan, planStream, type PlanState } from '../../../commands/catalog/plan.ts';
import { taxRatesStream } from '../../../commands/catalog/tax-rates.ts';
import { commands } from '../commands.ts';
import type { CommandMeta, Ledger } from '../../ledger/ledger.ts';
import { Refused } from '../../ledger/refusal.ts';
import { foldStream } from '../../ledger/fold-stream.ts';
import { seedAddons, seedPlans, type SeedPlan } from './catalog-terms.ts';

/**
 * Puts the catalog (spec 6) into an empty ledger, or completes a seeding that was cut off. A ledger that
 * began with another event stays as it is, and so does what an admin has changed: a second run adds no event.
 * @param meta makes fresh metadata for each command
 * @returns how many events it added
 */
export async function seedCatalog(ledger: Ledger, meta: () => CommandMeta): Promise<number> {
  if (!(await beganHere(ledger))) return 0;
  let appended = 0;
  for (const terms of seedPlans) appended += await seedPlan(ledger, meta, terms);
  for (const addon of seedAddons) {
    if ((await ledger.events(addonStream(addon.code))).length === 0)
      appended += (await ledger.execute(commands.defineAddon, addon, meta())).appended;
  }
  return appended;
}

/** True for an empty ledger, and for one whose first event is the seed's own, a seeded tax rate aside. */
async function beganHere(ledger: Ledger): Promise<boolean> {
  const first = seedPlans[0];
  // When the read models have caught up, the journal holds all that the log held.
  const position = await ledger.readLatest(async (_db, at) => at);
  const [event] = first === undefined ? [] : await ledger.recorded(planStream(first.code));
  const [tax] = await ledger.recorded(taxRatesStream(null));
  // The tax rate is seeded into every ledger: it may come before the catalog.
  const before = tax?.position === 1 ? 1 : 0;
  return position === before || event?.position === before + 1;
}

async function planState(ledger: Ledger, code: string): Promise<PlanState> {
  return foldStream(plan, await ledger.events(planStream(code)));
}

async function seedPlan(
  ledger: Ledger,
  meta: () => CommandMeta,
  { code, name, base_price_cents, items }: SeedPlan,
): Promise<number> {
  let appended = 0;
  const version = { plan_code: code, version: 1 };
  const known = await planState(ledger, code);
  if (known === null)
    appended += await unlessDone(ledger.execute(commands.createPlan, { code, name }, meta()));
  if ((known?.versions.length ?? 0) === 0) {
    const terms = { ...version, base_price_cents, items };
    appended += await unlessDone(ledger.execute(commands.draftPlanVersion, terms, meta()));
  }
  if (known === null || (activeVersion(known) === undefined && known.versions.length <= 1))
    appended += await unlessDone(ledger.execute(commands.publishPlanVersion, version, meta()));
  return appended;
}

/** The number of a command's events; 0 where another node seeds at the same time and was first. */
async function unlessDone(outcome: Promise<{ appended: number }>): Promise<number> {
  try {
    return (await outcome).appended;
  } catch (error) {
    if (error instanceof Refused && ['already-exists', 'conflict'].includes(error.refusal.refused)) return 0;
    throw error;
  }
}

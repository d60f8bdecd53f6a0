/** The catalog that an empty ledger starts with (spec 6), made by the same commands that an admin uses. */
import { addonStream } from '../../../commands/catalog/addon.ts';
import { activeVersion, plan, planStream } from '../../../commands/catalog/plan.ts';
import type { PlanState } from '../../../commands/catalog/plan.ts';
import { taxRatesStream } from '../../../commands/catalog/tax-rates.ts';
import { commands } from '../commands.ts';
import type { CommandMeta, Ledger } from '../../ledger/ledger.ts';
import { Refused } from '../../ledger/refusal.ts';
import { upcast } from '../../events/index.ts';
import type { PlanEvent } from '../../events/catalog.ts';
import { seedAddons, seedPlans } from './catalog-terms.ts';
import type { SeedPlan } from './catalog-terms.ts';

/**
 * Puts the catalog into an empty ledger, or completes a seeding that was cut off. A ledger that began with
 * another event is left as it is, and so is what an admin has changed since: a second run adds no event.
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
  const events = await ledger.events(planStream(code));
  return events.reduce<PlanState>(
    (state, event) => plan.evolve(state, upcast(event) as PlanEvent),
    plan.initialState,
  );
}

async function seedPlan(
  ledger: Ledger,
  meta: () => CommandMeta,
  { code, name, base_price_cents, items }: SeedPlan,
): Promise<number> {
  let appended = 0;
  const known = await planState(ledger, code);
  if (known === null)
    appended += await unlessDone(
      async () => (await ledger.execute(commands.createPlan, { code, name }, meta())).appended,
    );
  if ((known?.versions.length ?? 0) === 0) {
    const terms = { plan_code: code, version: 1, base_price_cents, items };
    appended += await unlessDone(
      async () => (await ledger.execute(commands.draftPlanVersion, terms, meta())).appended,
    );
  }
  if (known === null || (activeVersion(known) === undefined && known.versions.length <= 1)) {
    appended += await unlessDone(
      async () =>
        (await ledger.execute(commands.publishPlanVersion, { plan_code: code, version: 1 }, meta())).appended,
    );
  }
  return appended;
}

/** The step's events; 0 where another node seeds at the same time and has done it already. */
async function unlessDone(step: () => Promise<number>): Promise<number> {
  try {
    return await step();
  } catch (error) {
    if (
      error instanceof Refused &&
      (error.refusal.refused === 'already-exists' || error.refusal.refused === 'conflict')
    )
      return 0;
    throw error;
  }
}

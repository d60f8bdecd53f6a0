/** The contexts of the commands that choose from the catalog: the offers, and the invoiced months. */
import type { Execution } from '../../src/ledger/command.ts';
import type { Db } from '../../src/database/db.ts';
import { planWithVersions } from '../catalog/plan-queries.ts';
import { addonOffers } from '../catalog/price-queries.ts';
import { isDatedBack, loadDayBounds, type DayBoundsRows } from './day-bounds.ts';

/** For subscribing: the plan, the addons, and the standing invoices of the tenant from the first month on. */
export async function loadSubscribeContext(
  db: Db,
  input: {
    deployment_id: string;
    plan_code: string;
    addons: readonly string[];
    starts_on?: string | undefined;
    effective_on?: string | undefined;
  },
  execution: Execution,
) {
  const { deployment_id, starts_on, effective_on = starts_on } = input;
  return {
    plan: await planWithVersions(db, input.plan_code, null),
    addons: await addonOffers(db, input.addons),
    ...(await loadDayBounds(db, { deployment_id, effective_on }, execution)),
  };
}

interface Change {
  deployment_id: string;
  effective_on?: string | undefined;
}

/** The bounds of a day in the past; null for any other. */
async function boundsOf(db: Db, change: Change, execution: Execution): Promise<DayBoundsRows | null> {
  return isDatedBack(change, execution) ? loadDayBounds(db, change, execution) : null;
}

/** For attaching an addon. */
export async function loadAttachContext(db: Db, input: Change & { code: string }, execution: Execution) {
  const [addon] = await addonOffers(db, [input.code]);
  return { addon: addon ?? null, bounds: await boundsOf(db, input, execution) };
}

/** For a change of plan. */
export async function loadChangePlanContext(
  db: Db,
  input: Change & { plan_code: string },
  execution: Execution,
) {
  const plan = await planWithVersions(db, input.plan_code, null);
  return { plan, bounds: await boundsOf(db, input, execution) };
}

import type { Db } from '../../src/database/db.ts';
import type { PlanTerms } from '../../src/pricing/types.ts';
import { plans, planVersions } from './tables.ts';

/**
 * The terms of every version of these plans, drafts too, by plan code. A plan without versions has an empty
 * list, an unknown plan has no entry.
 */
export async function versionsOfPlans(db: Db, codes: readonly string[]): Promise<Map<string, PlanTerms[]>> {
  if (codes.length === 0) return new Map();
  const rows = await db<
    {
      code: string;
      version: number | null;
      base_price_cents: number;
      currency: string;
      items: PlanTerms['items'];
    }[]
  >`
    select p.code, v.version, v.base_price_cents, v.currency, v.items
    from ${db(plans.ref)} p left join ${db(planVersions.ref)} v on v.plan_code = p.code
    where p.code = any(${[...codes]}::text[])
    order by p.code, v.version`;
  const versions = new Map<string, PlanTerms[]>();
  for (const { code, version, ...terms } of rows) {
    const known = versions.get(code) ?? [];
    versions.set(code, known);
    if (version !== null) known.push({ plan_code: code, plan_version: version, ...terms });
  }
  return versions;
}

import type { Db } from '../../src/database/db.ts';
import { planWithVersions } from '../catalog/plan-queries.ts';
import { addonOffers } from '../catalog/price-queries.ts';
import { standingInvoices } from '../invoicing/standing-queries.ts';

/** What the import of a deployment names. */
export interface ImportNames {
  tenant_id: string;
  subscription: {
    plan_code: string;
    billed_from?: string | undefined;
    addons: readonly { code: string }[];
  } | null;
}

/** Loader of `import-deployment`: plan and addons, and the standing invoices from the first billed day on. */
export async function loadImportContext(
  db: Db,
  { tenant_id, subscription }: ImportNames,
  { today }: { today: string },
) {
  if (subscription === null) return { plan: null, addons: [], invoices: [] };
  const { plan_code, billed_from = today, addons } = subscription;
  return {
    plan: await planWithVersions(db, plan_code, null),
    addons: await addonOffers(
      db,
      addons.map(({ code }) => code),
    ),
    invoices: await standingInvoices(db, { tenantId: tenant_id, fromDay: billed_from, today }),
  };
}

import type { Db } from '../../src/database/db.ts';
import { monthOf } from '../../src/pricing/calendar.ts';
import { deployments } from '../deployments/tables.ts';
import { tenantInvoices } from '../invoices/tables.ts';

interface TieContextRows {
  deployment: { deployment_id: string; tenant_id: string; state: string } | null;
  invoices: { invoice_id: string; period_start: string; period_end: string }[];
}

/**
 * What tying and untying decide from: the deployment, and its tenant's standing invoices (not void) whose period ends on
 * the day or later, oldest first.
 */
async function tieContext(db: Db, deploymentId: string, fromDay: string, today: string): Promise<TieContextRows> {
  const [deployment] = await db<NonNullable<TieContextRows['deployment']>[]>`
    select id as deployment_id, tenant_id, state from ${db(deployments.ref)} where id = ${deploymentId}`;
  if (deployment === undefined) return { deployment: null, invoices: [] };
  // A month is invoiced after its end, so that no invoice can reach into the present one.
  if (fromDay >= monthOf(today)) return { deployment, invoices: [] };
  const invoices = await db<TieContextRows['invoices']>`
    select id as invoice_id, period_start, period_end from ${db(tenantInvoices.ref)}
    where tenant_id = ${deployment.tenant_id} and status <> 'void' and period_end >= ${fromDay}::date
    order by period_start`;
  return { deployment, invoices: [...invoices] };
}

/** Loader of `tie-resource`. */
export function loadTieContext(db: Db, input: { deployment_id: string; effective_from?: string | undefined }, { today }: { today: string }): Promise<TieContextRows> {
  return tieContext(db, input.deployment_id, input.effective_from ?? today, today);
}

/** Loader of `untie-resource`. */
export function loadUntieContext(db: Db, input: { deployment_id: string; effective_to?: string | undefined }, { today }: { today: string }): Promise<TieContextRows> {
  return tieContext(db, input.deployment_id, input.effective_to ?? today, today);
}

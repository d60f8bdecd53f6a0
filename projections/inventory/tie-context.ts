import type { Db } from '../../src/database/db.ts';
import { deployments } from '../deployments/tables.ts';
import { standingInvoices, type StandingInvoiceRow } from '../invoicing/standing-queries.ts';

interface TieContextRows {
  deployment: { deployment_id: string; tenant_id: string; state: string } | null;
  invoices: StandingInvoiceRow[];
}

/**
 * The context of tying and untying: the deployment, and the standing invoices of its tenant whose period ends
 * on the day or later, oldest first.
 */
async function tieContext(
  db: Db,
  deploymentId: string,
  fromDay: string,
  today: string,
): Promise<TieContextRows> {
  const [deployment] = await db<NonNullable<TieContextRows['deployment']>[]>`
    select id as deployment_id, tenant_id, state from ${db(deployments.ref)} where id = ${deploymentId}`;
  if (deployment === undefined) return { deployment: null, invoices: [] };
  return {
    deployment,
    invoices: await standingInvoices(db, { tenantId: deployment.tenant_id, fromDay, today }),
  };
}

/** Loader of `tie-resource`. */
export function loadTieContext(
  db: Db,
  input: { deployment_id: string; effective_from?: string | undefined },
  { today }: { today: string },
): Promise<TieContextRows> {
  return tieContext(db, input.deployment_id, input.effective_from ?? today, today);
}

/** Loader of `untie-resource`. */
export function loadUntieContext(
  db: Db,
  input: { deployment_id: string; effective_to?: string | undefined },
  { today }: { today: string },
): Promise<TieContextRows> {
  return tieContext(db, input.deployment_id, input.effective_to ?? today, today);
}

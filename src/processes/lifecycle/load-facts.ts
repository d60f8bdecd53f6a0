/** What the automatic lifecycle is decided from: only tenants for which a step may be due. */
import { invoiceStream } from '../../../commands/invoicing/invoice.ts';
import {
  deploymentsToBringBack,
  deploymentsToMove,
  hasLiveDeployment,
  type DeploymentFact,
  type DeploymentFactRow,
} from '../../../projections/deployments/lifecycle-facts.ts';
import { lastInvoicedDays } from '../../../projections/invoicing/standing-queries.ts';
import { customersOn } from '../../../projections/parties/customer-queries.ts';
import { overdueInvoices } from '../../../projections/receivables/overdue-invoices.ts';
import { settledDebts } from '../../../projections/receivables/settled-debts.ts';
import type { Db } from '../../database/db.ts';
import { eventIdsAt, readStreams } from '../../journal/read-journal.ts';
import type { OverdueInvoice } from '../../pricing/overdue-parts.ts';
import { groupBy } from '../../runtime/group-by.ts';

/** What settled the last debt of a tenant. */
export interface SettledBy {
  event_id: string;
  /** A payment or a credit note; else the invoice was voided, or issued anew. */
  is_money: boolean;
}

/** A tenant for whose deployments a step may be due. */
export interface TenantFacts {
  tenant_id: string;
  /** It has a profile that is not erased; known only where a trial of it has ended. */
  has_profile: boolean;
  deployments: readonly DeploymentFact[];
  /** Invoices with an overdue part. */
  overdue: readonly OverdueInvoice[];
  /** The last day of its last invoice that stands: no change can be dated to that day or before. */
  last_invoiced_day: string | null;
  /** Where dunning moved deployments and nothing is overdue: the cause, as far as it is known. */
  settled_by: SettledBy | null;
}

/**
 * Tenants with a trial that has ended, with active deployments and an overdue invoice, or with deployments
 * that dunning moved; with these deployments, in the order of tenants and deployments.
 * @param today the present UTC day, by which invoices are overdue
 * @param trialsEndedBy ISO instant
 */
export async function lifecycleFacts(
  db: Db,
  { today, trialsEndedBy }: { today: string; trialsEndedBy: string },
): Promise<TenantFacts[]> {
  const overdue = groupBy(
    await overdueInvoices(db, today, hasLiveDeployment(db)),
    ({ tenant_id }) => tenant_id,
  );
  const rows = await deploymentsToMove(db, { trialsEndedBy, indebted: [...overdue.keys()] });
  return tenantFacts(db, today, rows, overdue);
}

/** Tenants with deployments that dunning moved, of whose invoices none is overdue any more. */
export async function recoveryFacts(db: Db, today: string): Promise<TenantFacts[]> {
  return tenantFacts(db, today, await deploymentsToBringBack(db, today), new Map());
}

async function tenantFacts(
  db: Db,
  today: string,
  rows: readonly DeploymentFactRow[],
  overdue: ReadonlyMap<string, readonly OverdueInvoice[]>,
): Promise<TenantFacts[]> {
  const tenants = groupBy(rows, ({ tenant_id }) => tenant_id);
  if (tenants.size === 0) return [];
  const having = (test: (row: DeploymentFactRow) => boolean): string[] =>
    [...tenants].filter(([, own]) => own.some(test)).map(([tenant]) => tenant);
  const invoiced = await lastInvoicedDays(db, [...tenants.keys()]);
  const profiles = await customersOn(
    db,
    having(({ state }) => state === 'trial'),
    today,
  );
  const settled = await settlements(
    db,
    having(({ tenant_id, state_rule }) => state_rule === 'dunning' && !overdue.has(tenant_id)),
    today,
  );
  return [...tenants].map(([tenant_id, own]) => ({
    tenant_id,
    has_profile: profiles.get(tenant_id)?.erased_at === null,
    deployments: own.map(({ tenant_id: _tenant, ...deployment }) => deployment),
    overdue: overdue.get(tenant_id) ?? [],
    last_invoiced_day: invoiced.get(tenant_id) ?? null,
    settled_by: settled.get(tenant_id) ?? null,
  }));
}

/** The last event of each tenant by which an invoice that was due took money, was voided or issued anew. */
async function settlements(
  db: Db,
  tenants: readonly string[],
  today: string,
): Promise<Map<string, SettledBy>> {
  const debts = await settledDebts(db, tenants, today);
  const voids = await readStreams(
    db,
    debts.flatMap(({ voided_ids }) => voided_ids.map(invoiceStream)),
    { types: ['InvoiceVoided'] },
  );
  const last = debts.flatMap(({ tenant_id, paid_position, reissued_position, voided_ids }) => {
    const voided = voided_ids.flatMap((id) => voids.get(invoiceStream(id)) ?? []);
    const position = Math.max(
      ...[paid_position ?? 0, reissued_position ?? 0],
      ...voided.map((event) => event.position),
    );
    return position === 0 ? [] : [{ tenant_id, position, is_money: position === paid_position }];
  });
  const ids = await eventIdsAt(
    db,
    last.map(({ position }) => position),
  );
  return new Map(
    last.flatMap(({ tenant_id, position, is_money }) => {
      const event_id = ids.get(position);
      return event_id === undefined ? [] : [[tenant_id, { event_id, is_money }]];
    }),
  );
}

import type { Db } from '../../src/engine/db.ts';
import { lastDay } from '../../src/pricing/calendar.ts';
import { resourcePrices } from '../catalog/tables.ts';
import { subscriptionFacts } from '../deployments/tables.ts';
import { tenantInvoiceLines } from './tables.ts';

/** A fact of an invoiced month that was recorded after the month was computed, and that the invoice doesn't hold. */
export interface LateFact {
  type: 'usage' | 'llm_usage' | 'subscription' | 'resource_price';
  /** Null where it is no single deployment's. */
  deployment_id: string | null;
  /** The UTC day it is effective from, or used on. */
  day: string;
  /** What it is: the event's type for a subscription, the kind for a price, the gateway's request. */
  subject: string;
  /** Journal position. */
  position: number;
  recorded_at: string;
}

/** What late facts are looked for: after which position, and for which invoice. */
export interface LateScope {
  tenantId: string;
  /** First day of the month. */
  period: string;
  /** The position that the invoice's inputs were read at. */
  afterPosition: number;
  /** Only what was recorded by this instant. */
  knownAt?: string | undefined;
}

/** Changes to the tenant's subscriptions that reach back into the month, such as a backdated start. */
export async function lateSubscriptionFacts(db: Db, { tenantId, period, afterPosition, knownAt }: LateScope): Promise<LateFact[]> {
  return db<LateFact[]>`
    select 'subscription' as type, deployment_id, effective_on as day, fact as subject, position, recorded_at
    from ${db(subscriptionFacts.ref)}
    where tenant_id = ${tenantId} and effective_on <= ${lastDay(period)}::date and position > ${afterPosition}
      ${knownAt === undefined ? db`` : db`and recorded_at <= ${knownAt}::timestamptz`}
    order by position`;
}

/** What an issue left unpriced or took from a resource price. */
export interface PricedIssue {
  invoice_id: string;
  lines_hash: string;
  unpriced: readonly { resource_kind: string }[];
}

/**
 * Resource prices that were set afterwards and hold on the month's last day, of kinds that the invoice left unpriced or
 * took from a resource price.
 */
export async function lateResourcePrices(db: Db, { period, afterPosition, knownAt }: LateScope, issue: PricedIssue): Promise<LateFact[]> {
  return db<LateFact[]>`
    select 'resource_price' as type, null as deployment_id, p.effective_from as day, p.resource_kind as subject, p.position, j.recorded_at
    from ${db(resourcePrices.ref)} p join journal j on j.position = p.position
    where p.effective_from <= ${lastDay(period)}::date and p.position > ${afterPosition}
      ${knownAt === undefined ? db`` : db`and j.recorded_at <= ${knownAt}::timestamptz`}
      and (p.resource_kind = any(${[...new Set(issue.unpriced.map(({ resource_kind }) => resource_kind))]}::text[])
        or exists (
          select 1 from ${db(tenantInvoiceLines.ref)} l
          where l.invoice_id = ${issue.invoice_id} and l.lines_hash = ${issue.lines_hash} and l.kind = 'overage'
            and l.resource_kind = p.resource_kind and l.meta->>'priced_by' = 'resource_price'))
    order by p.position`;
}

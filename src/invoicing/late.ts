import {
  lateResourcePrices,
  lateSubscriptionFacts,
  lateTaxRates,
} from '../../projections/invoicing/late-queries.ts';
import type { LateIssue, LateTerms } from '../../projections/invoicing/late-queries.ts';
import { lateFacts } from '../../projections/usage/late-queries.ts';
import type { LateFact as LateUse } from '../../projections/usage/late-queries.ts';
import type { Db } from '../database/db.ts';

/**
 * A fact of an invoiced month that was recorded after the month had been computed, so that the invoice
 * doesn't hold it.
 */
export type LateFact = LateUse | LateTerms;

/**
 * The facts that came too late for an invoice, in the order in which they were recorded: usage, metered or
 * reported, LLM charges, what was taken back of these, changes to subscriptions that reach back, resource
 * prices for what it left unpriced or took from such a price, and another tax rate.
 * @param knownAt ISO instant: only those that were recorded by then
 */
export async function lateFactsOf(db: Db, issue: LateIssue, knownAt?: string): Promise<LateFact[]> {
  const scope = {
    tenantId: issue.tenant_id,
    period: issue.period_start,
    afterPosition: issue.inputs_position,
  };
  const late: LateFact[] = (
    await Promise.all([
      lateFacts(db, scope),
      lateSubscriptionFacts(db, scope),
      lateResourcePrices(db, scope, issue),
      lateTaxRates(db, scope, issue),
    ])
  ).flat();
  return late
    .filter(({ recorded_at }) => knownAt === undefined || recorded_at <= knownAt)
    .sort((a, b) => a.position - b.position);
}

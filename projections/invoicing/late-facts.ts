/**
 * A late fact is a fact that concerns an invoiced month and was recorded after the position up to which the
 * invoice holds the month's facts: that of the inputs of its issue, of its last correction or of its last
 * review. A correction or a forced rollup takes late facts in.
 *
 * The conditions below are pieces of statements over an issue, a row named `i` with the columns of {@link
 * tenantInvoices}. They say whether an invoice has late facts, and `late-fact-queries.ts` lists them.
 */
import type { Db, Fragment } from '../../src/database/db.ts';
import { resourcePrices, taxRates } from '../catalog/tables.ts';
import { subscriptionFacts } from '../deployments/tables.ts';
import { usageMonths } from '../usage/tables.ts';
import { corrections, tenantInvoiceLines } from './tables.ts';

/** What a late fact holds, by its kind. Quantities and charges are exact decimals. */
interface LateDetails {
  /** A set of usage records of a metered day, with the usage of the day by billing kind. */
  usage: { set_no: number; usage: Record<string, string> };
  /** A charge of the LLM gateway. Its day is the UTC day that it occurred on. */
  llm_usage: { gateway_request_id: string; charge_cents: string };
  llm_usage_voided: { gateway_request_id: string; charge_cents: string; reason: string };
  reported_usage: { source: string; external_id: string; resource_kind: string; qty: string };
  reported_usage_voided: {
    source: string;
    external_id: string;
    resource_kind: string;
    qty: string;
    reason: string;
  };
  /** A one-off charge, in cents before tax. */
  charge: { charge_id: string; description: string; amount_cents: number };
  charge_voided: { charge_id: string; description: string; amount_cents: number; reason: string };
  /** A change to a subscription that reaches back into the month, such as a backdated start. */
  subscription: { event: string; event_id: string };
  /** A price of a kind that the invoice left unpriced or took from a resource price. */
  resource_price: { resource_kind: string; unit: string; price_cents: number };
  /** The tax rate in force, where the invoice bears another one or was corrected. */
  tax_rate: { name: string; rate: string; tenant_id: string | null; reason: string | null };
}

interface FactOf<Kind extends keyof LateDetails> {
  kind: Kind;
  /** Null: it concerns no single deployment. */
  deployment_id: string | null;
  /** The UTC day that it is of, or from which it is effective. */
  day: string;
  recorded_at: string;
  /** Journal position. */
  position: number;
  detail: LateDetails[Kind];
}

/** A late fact, with its detail by kind. */
export type LateFact = { [Kind in keyof LateDetails]: FactOf<Kind> }[keyof LateDetails];

/** The issue of an invoice that facts may be late for. */
export interface IssueOfMonth {
  invoice_id: string;
  tenant_id: string;
  /** First day of the month. */
  period_start: string;
  /** The journal position up to which the month's facts are taken in, by issue, correction or review. */
  reviewed_position: number;
  lines_hash: string;
  unpriced: readonly { resource_kind: string }[];
  tax_name: string;
  tax_rate: string;
}

/** Whether a row `t` of usage is late, by the position at which it was recorded or taken back. */
export const isLateUsage = (db: Db, position: Fragment): Fragment => db`
  t.tenant_id = i.tenant_id and t.day between i.period_start and i.period_end
  and ${position} > i.reviewed_position`;

/** Whether a row `f` of {@link subscriptionFacts} is late. */
export const isLateSubscriptionFact = (db: Db): Fragment => db`
  f.tenant_id = i.tenant_id and f.effective_on <= i.period_end and f.position > i.reviewed_position`;

/** Whether a row `l` of {@link tenantInvoiceLines} is of the issue or of one of its corrections. */
const holdsLines = (db: Db): Fragment => db`(l.lines_hash = i.lines_hash
  or l.lines_hash in (select c.lines_hash from ${db(corrections.ref)} c where c.invoice_id = i.id))`;

/** Whether a row `p` of {@link resourcePrices} is late: its kind is unpriced there, or has such a price. */
export const isLatePrice = (db: Db): Fragment => db`
  p.effective_from <= i.period_end and p.position > i.reviewed_position
  and (i.unpriced @> jsonb_build_array(jsonb_build_object('resource_kind', p.resource_kind))
    or exists (
      select from ${db(tenantInvoiceLines.ref)} l
      where l.invoice_id = i.id and ${holdsLines(db)} and l.kind = 'overage'
        and l.resource_kind = p.resource_kind and l.meta->>'priced_by' = 'resource_price'))`;

/**
 * The tax rate in force on the month's last day, as `taxesInForce` says: one row if it is late. Corrections
 * may bear another rate than the issue, so that with them each later rate is.
 */
export const lateTaxRate = (db: Db): Fragment => db`
  select * from (
    select * from ${db(taxRates.ref)} r
    where r.tenant_id in ('', i.tenant_id) and r.effective_from <= i.period_end
    order by r.tenant_id <> '' desc, r.effective_from desc, r.position desc limit 1) r
  where r.position > i.reviewed_position and ((r.name, r.rate) <> (i.tax_name, i.tax_rate)
    or exists (
      select from ${db(corrections.ref)} c where c.invoice_id = i.id and c.purpose = 'correction'))`;

/**
 * Whether an invoice has late facts. It looks a few rows up by key, whatever the number of facts: the last
 * position of a month's usage is kept in {@link usageMonths}.
 */
export const hasLateFacts = (db: Db): Fragment => db`(
  exists (
    select from ${db(usageMonths.ref)} m
    where m.tenant_id = i.tenant_id and m.period = i.period_start and m.last_position > i.reviewed_position)
  or exists (select from ${db(subscriptionFacts.ref)} f where ${isLateSubscriptionFact(db)})
  or exists (select from ${db(resourcePrices.ref)} p where ${isLatePrice(db)})
  or exists (${lateTaxRate(db)}))`;

import { z } from 'zod';
import type { EventOf } from './define.ts';
import { cents, decimal, instant, day, text } from './values.ts';

/** A line of a provider invoice as the CSV has it, classified (spec 4). Amounts are never recomputed. */
const costLine = z.object({
  line_no: z.int(),
  product: text,
  group_description: text.nullable(),
  description: text,
  hours: decimal.nullable(),
  started_at: instant.nullable(),
  ended_at: instant.nullable(),
  amount_cents: cents,
  project_name: text.nullable(),
  category: text.nullable(),
  /** Resource kind, `tax` excluded; null for none. */
  kind: text.nullable(),
  /** The name that matching looks for; null where the line names no resource. */
  name: text.nullable(),
  is_tax: z.boolean(),
  /** `resource_id` or `resource_uuid` of the JSON form, where it has one. */
  provider_resource_id: text.nullable(),
});
export type CostLine = z.output<typeof costLine>;

/** Why a line has no resource. `by-hand`: a person said so. */
export const unmatchedReasons = ['tax', 'no-kind', 'not-found', 'ambiguous', 'by-hand'] as const;

/** The resource that matching found for a line, or why it found no resource. */
const costLineMatch = z.object({
  line_no: z.int(),
  resource_id: text.nullable(),
  unmatched_reason: z.enum(unmatchedReasons).nullable(),
  /**
   * For a name that was not found: the resource of that kind and time with the nearest name, if one is near.
   */
  nearest: z.object({ resource_id: text, name: text }).optional(),
  /** The key of the link by hand that decides it; absent where the matching does. */
  link_key: text.optional(),
});
export type CostLineMatch = z.output<typeof costLineMatch>;

/** A line by its content, and its place among those of equal content, from 1. */
const linkedLine = z.object({
  product: text,
  group_description: text.nullable(),
  description: text,
  started_at: instant.nullable(),
  ended_at: instant.nullable(),
  occurrence: z.int(),
});
export type LinkedLine = z.output<typeof linkedLine>;

/** An unreadable value of the CSV on which no amount depends; `row` 0 is the header. */
const csvWarning = z.object({ row: z.int(), column: text, value: text });
export type CsvWarning = z.output<typeof csvWarning>;

/** Events of a provider invoice's stream (`provider-invoice-<uuid>`). */
export const providerInvoiceEvents = {
  ProviderInvoiceDiscovered: z.object({
    invoice_uuid: text,
    invoice_id: text.nullable(),
    period: day,
    amount_cents: cents,
    currency: text,
  }),
  /** From here on the invoice's lines are the set of `lines_hash` (parts on a stream of its own). */
  ProviderInvoiceIngested: z.object({
    invoice_uuid: text,
    period: day,
    amount_cents: cents,
    currency: text,
    lines_hash: text,
    parts: z.int(),
    lines: z.int(),
    lines_total_cents: cents,
    tax_cents: cents,
    /** amount_cents − lines_total_cents: reported, not absorbed. */
    difference_cents: cents,
    /** The first unreadable values, and their number; absent without any. */
    warnings: z.array(csvWarning).optional(),
    warnings_count: z.int().optional(),
  }),
  /**
   * The provider has other content for an ingested invoice, without notice. `lines_hash`: of its lines, null
   * where the list alone shows it. `ingested`: an ingestion found it, and its lines count now.
   */
  ProviderInvoiceReissued: z.object({
    invoice_uuid: text,
    ingested: z.boolean(),
    amount_cents: cents,
    lines_hash: text.nullable(),
    replaced_by: text.nullable(),
    /** What was ingested before. */
    before: z.object({ amount_cents: cents, lines: z.int(), lines_total_cents: cents, lines_hash: text }),
  }),
  /**
   * A reissue needs no attention any more. `withdrawn`: the provider has the ingested content again.
   * `replaced`: the lines of this invoice count no more, those of the invoice in its place do.
   */
  ProviderInvoiceReissueEnded: z.object({
    invoice_uuid: text,
    because: z.enum(['seen', 'ingested', 'withdrawn', 'replaced']),
  }),
  /** The ingestion failed, for another reason than the last time. A later ingestion takes that back. */
  ProviderInvoiceIngestionFailed: z.object({ invoice_uuid: text, error: text }),
  /** The match set of `matches_hash` is the invoice's from here on. */
  ProviderInvoiceMatched: z.object({
    invoice_uuid: text,
    lines_hash: text,
    matches_hash: text,
    parts: z.int(),
    matched: z.int(),
    unmatched: z.int(),
  }),
  /** A line is for this resource, or for none (null), whatever the matching finds. */
  CostLineLinked: z.object({
    invoice_uuid: text,
    line_key: text,
    line: linkedLine,
    resource_id: text.nullable(),
    reason: text,
  }),
  /** The line is matched again as all others. */
  CostLineUnlinked: z.object({
    invoice_uuid: text,
    line_key: text,
    line: linkedLine,
    reason: text.optional(),
  }),
  ProviderInvoicePushed: z.object({
    invoice_uuid: text,
    lines_hash: text,
    finance_invoice_id: text,
    action: z.enum(['created', 'updated']),
    pushed_at: instant,
  }),
};

/**
 * Parts of a line or match set, on streams named by content hash (`cost-lines-<uuid>-<hash>`,
 * `cost-matches-<uuid>-<hash>`).
 */
export const costPartEvents = {
  CostLinesStored: z.object({
    invoice_uuid: text,
    lines_hash: text,
    part: z.int(),
    parts: z.int(),
    lines: z.array(costLine),
  }),
  CostMatchesStored: z.object({
    invoice_uuid: text,
    matches_hash: text,
    part: z.int(),
    parts: z.int(),
    matches: z.array(costLineMatch),
  }),
};

/** Events of a balance stream (`balance-<day>`). */
export const balanceEvents = {
  BalanceRecorded: z.object({
    month_to_date_balance_cents: cents,
    account_balance_cents: cents,
    month_to_date_usage_cents: cents,
    generated_at: instant,
    recorded_at: instant,
  }),
};

/** Events of the stream `cost-sharing`: how costs of no tenant are spread, each rule from a day on. */
export const costSharingEvents = {
  CostSharingSet: z.object({
    rule: z.enum(['none', 'even', 'by_cost', 'by_revenue']),
    /** Kinds of cost, also `tax` and `other`; null: all. */
    kinds: z.array(text).nullable(),
    tax_is_cost: z.boolean(),
    effective_from: day,
  }),
};

/** Events of a size's stream (`size-<slug>`): the provider's list prices, each from a UTC day on. */
export const sizeEvents = {
  SizeListed: z.object({
    slug: text,
    monthly_cents: cents,
    /** Of the currency's unit an hour. */
    hourly: decimal,
    currency: text,
    memory_mb: z.int(),
    vcpus: z.int(),
    disk_gb: z.int(),
    available: z.boolean(),
    effective_from: day,
  }),
  /** Not listed any more. `effective_from` is that of its last listing, whose price still counts. */
  SizeWithdrawn: z.object({ slug: text, effective_from: day, withdrawn_on: day }),
};

export type CostSharingEvent = EventOf<typeof costSharingEvents>;
export type SizeEvent = EventOf<typeof sizeEvents>;
/** A size as it is listed from a day on: cents of its currency a month. */
export type SizeListing = Extract<SizeEvent, { type: 'SizeListed' }>['data'];

const costAlertKind = z.enum(['accrual', 'growth']);
export type CostAlertKind = z.output<typeof costAlertKind>;

/** Cents of the provider's currency: the usage or a day's growth, and what was expected. */
const costAlertFigures = { actual_cents: cents, expected_cents: cents };
export type CostAlertFigures = z.output<z.ZodObject<typeof costAlertFigures>>;
const costAlert = { alert_id: text, kind: costAlertKind, generated_at: instant, ...costAlertFigures };

/** Events of the alerts of a kind (`cost-alerts-<kind>`). */
export const costAlertEvents = {
  /** A snapshot of the balance crossed a limit. `day`: its UTC day. */
  CostAlertRaised: z.object({ ...costAlert, direction: z.enum(['above', 'below']), day }),
  /** A later snapshot is within the limits again, or beyond the other one. */
  CostAlertCleared: z.object(costAlert),
};
export type CostAlertEvent = EventOf<typeof costAlertEvents>;
export type ProviderInvoiceEvent = EventOf<typeof providerInvoiceEvents>;
export type CostPartEvent = EventOf<typeof costPartEvents>;
export type BalanceEvent = EventOf<typeof balanceEvents>;

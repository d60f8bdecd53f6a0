/** What stands between a month and its issue: the form of an item, and of the question. */
import type { InvoicingScope } from '../load-invoicing-inputs.ts';

/** The items of the list, in its order. */
export const closeItemNames = [
  'metering',
  'provider_invoice',
  'unmatched',
  'leakage',
  'drift',
  'failed_jobs',
  'verify',
  'unpriced',
  'unmetered',
  'not_billable',
  'profiles',
  'seller',
  'late_facts',
  'finance_ar',
  'lifecycle',
  'last_month',
] as const;
export type CloseItemName = (typeof closeItemNames)[number];

/** `warns`: a person should look at it; `blocks`: the month is not issued without `force`. */
export const closeStatuses = ['ok', 'warns', 'blocks'] as const;
export type CloseStatus = (typeof closeStatuses)[number];

/** One thing that may stand between a month and its issue. */
export interface CloseItem {
  item: CloseItemName;
  status: CloseStatus;
  /** How many there are; 0 exactly where the status is `ok`. */
  count: number;
  /** What they come to, in cents; null where an amount is not known or makes no sense. */
  amount_cents: number | null;
  /** A sentence or two for the operator who has to act. */
  detail: string;
  /** The path of the API, with its query, where they are seen. */
  link: string;
}

/** A run that the schedule has given up on. */
export interface DeadJobRun {
  job: string;
  input: unknown;
  error: string;
}

/** Which month, and what the read models do not know. */
export interface CloseScope extends Pick<InvoicingScope, 'period' | 'currency' | 'seedTax'> {
  /** UTC day. */
  today: string;
  /** The UTC day from which the schedule meters and invoices; null: the ledger has no event. */
  begins: string | null;
  /** Whether a client of the provider is configured. */
  hasProvider: boolean;
  /** Whether finance gets the documents of tenants. */
  financeAr: boolean;
  /** The runs that the schedule has given up on, those of a job with the latest first. */
  deadRuns: readonly DeadJobRun[];
}

/** What a check found. The item is `ok` where it counts nothing. */
interface Found {
  count: number;
  /** Default: null. */
  amount_cents?: number | null;
  /** What an operator reads where there is nothing, and else. */
  ok: string;
  detail: string;
  link: string;
}

/** The item of what a check found. */
export function closeItem(
  item: CloseItemName,
  otherwise: Exclude<CloseStatus, 'ok'>,
  { count, amount_cents = null, ok, detail, link }: Found,
): CloseItem {
  const isOk = count === 0;
  return { item, status: isOk ? 'ok' : otherwise, count, amount_cents, detail: isOk ? ok : detail, link };
}

/** A month as sentences and links name it: `YYYY-MM`. */
export const monthText = (period: string): string => period.slice(0, 7);

/** The names that a sentence shows of a list. */
const mostNames = 3;

/** The first names of a list, and how many more there are: `a, b, c and 4 more`. */
export function firstNames(names: readonly string[], most = mostNames): string {
  const shown = names.slice(0, most).join(', ');
  return names.length > most ? `${shown} and ${names.length - most} more` : shown;
}

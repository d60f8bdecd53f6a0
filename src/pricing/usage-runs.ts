/** A month's usage split in two: that of days in force, which is billed, and that of other days. */
import { addDecimals, compareDecimals, sumDecimals } from './money.ts';
import type { DayRange, StatusRun } from './segments.ts';
import type { NotInForce } from './subscription-terms.ts';
import type { Usage } from './types.ts';

/** The usage of a billing kind on days of one status: all in force, or all not in force for one reason. */
export interface UsageRun extends DayRange {
  readonly resource_kind: string;
  /** Base units, exact. */
  readonly qty: string;
}

/** What the LLM gateway reported for days of one status on which the deployment was in mode `allowance`. */
export interface LlmRun extends DayRange {
  /** Input and output. */
  readonly tokens: string;
  /** What the gateway charged for them, exact cents. */
  readonly charge_cents: string;
}

/** Usage of one kind that is not billed, since its days were not in force. */
export interface UnbilledQty {
  resource_kind: string;
  qty: string;
  reason: NotInForce;
}

/** What a deployment used in a month. */
export interface SplitUsage {
  /** Of days in force, by billing kind. */
  billed: Usage;
  /** Of the other days, by kind and reason. */
  unbilled: UnbilledQty[];
  /** The gateway's charges that are billed: those of days on which no allowance takes in its tokens. */
  llm_charges: readonly string[];
  /**
   * The days on which the gateway's tokens count against the allowance instead, and what it charged for them.
   */
  gateway: { readonly days: readonly DayRange[]; readonly charge_cents: string };
}

/** The billing kind that the gateway's tokens count as. */
export const tokensKind = 'llm_tokens';

interface UsedInMonth {
  readonly usage: readonly UsageRun[];
  readonly llm_charges: readonly string[];
  readonly llm_allowance: readonly LlmRun[];
}

/**
 * Splits a month's usage by its days.
 * @param statusRuns all days of the month, in order
 * @throws RangeError for a run over days of different status, or outside of the month
 */
export function splitUsage(
  { usage, llm_charges, llm_allowance }: UsedInMonth,
  statusRuns: readonly StatusRun[],
): SplitUsage {
  const billed = new Map<string, string>();
  const unbilled = new Map<string, UnbilledQty>();
  const charges = [...llm_charges];
  const allowed: LlmRun[] = [];
  for (const run of usage) {
    const reason = reasonOf(run, statusRuns);
    if (reason === null) count(billed, run.resource_kind, run.qty);
    else countUnbilled(unbilled, run, reason);
  }
  for (const run of llm_allowance) {
    // Without a subscription in force there is no allowance: the charge is billed as in any other mode.
    if (reasonOf(run, statusRuns) !== null) charges.push(run.charge_cents);
    else {
      count(billed, tokensKind, run.tokens);
      allowed.push(run);
    }
  }
  return {
    // Not by assignment: a kind may be called `__proto__`.
    billed: Object.fromEntries(billed),
    unbilled: [...unbilled.values()]
      .filter(({ qty }) => compareDecimals(qty, '0') !== 0)
      .sort(byKindAndReason),
    llm_charges: charges,
    gateway: {
      days: allowed.map(({ from, to }) => ({ from, to })),
      charge_cents: sumDecimals(allowed.map(({ charge_cents }) => charge_cents)),
    },
  };
}

function reasonOf({ from, to }: DayRange, statusRuns: readonly StatusRun[]): NotInForce | null {
  const around = statusRuns.find((statusRun) => statusRun.from <= from && from <= statusRun.to);
  if (around === undefined || to > around.to || to < from)
    throw new RangeError(`usage of ${from} to ${to} straddles days of different status`);
  return around.reason;
}

function count(sums: Map<string, string>, kind: string, qty: string): void {
  const known = sums.get(kind);
  sums.set(kind, known === undefined ? qty : addDecimals(known, qty));
}

function countUnbilled(
  sums: Map<string, UnbilledQty>,
  { resource_kind, qty }: UsageRun,
  reason: NotInForce,
): void {
  const key = `${reason} ${resource_kind}`;
  sums.set(key, { resource_kind, qty: addDecimals(sums.get(key)?.qty ?? '0', qty), reason });
}

function byKindAndReason(a: UnbilledQty, b: UnbilledQty): number {
  const [left, right] = [`${a.resource_kind}\0${a.reason}`, `${b.resource_kind}\0${b.reason}`];
  return left < right ? -1 : left > right ? 1 : 0;
}

/**
 * The costs of a month that no tenant's revenue covers (spec 4). Each cost line is converted once, as for the
 * margin, and then only divided, so that the parts add up to the margin's own figures.
 */
import { addCents, multiplyDivideRound } from './money.ts';
import type { ConvertedCost } from './margin.ts';

/** Why a cost leaks. */
export const leakingCostReasons = [
  'tax',
  'account-level',
  'unmatched',
  'no-deployment',
  'no-subscription',
  'not-in-force',
  'source-gone',
  'unmetered-size',
  'no-revenue',
  'shared',
] as const;
export type LeakingCostReason = (typeof leakingCostReasons)[number];

/** A month's cost line, with what its leak is judged by. */
export interface JudgedCost extends ConvertedCost {
  /** The matched resource; null for none. */
  readonly resource_id: string | null;
  /** It is spread over tenants, and leaks as their share. */
  readonly is_shared: boolean;
  /** It is a snapshot or backup of something that is gone. */
  readonly is_source_gone: boolean;
  /** The size of the resource is not known, so that its usage is not metered. */
  readonly is_unmetered: boolean;
  /** The days of the month that the line covers; at least 1. */
  readonly days: number;
  /** How many of them the deployment was not in force on; 0 without a deployment. */
  readonly idle_days: number;
  /** The deployment was in force on no day of the month. */
  readonly never_in_force: boolean;
}

/** A line, or the part of one, that leaks. */
export interface CostLeak<T extends JudgedCost> {
  readonly reason: LeakingCostReason;
  readonly line: T;
  readonly cents: number;
}

/** What leaks of a month's costs. */
export interface CostLeaks<T extends JudgedCost> {
  /** Costs of no tenant, and of tenants without revenue: they add up to the margin's. */
  readonly leaks: CostLeak<T>[];
  /** Costs at tenants with revenue that no subscription in force covers. */
  readonly at_billed_tenants: CostLeak<T>[];
}

/**
 * Divides the costs of a month by the reason for which they leak.
 * The shares of what is spread are not among them.
 * @param revenue cents by tenant; a tenant that is not named has none
 */
export function leakingCosts<T extends JudgedCost>(
  lines: readonly T[],
  revenue: ReadonlyMap<string, number>,
): CostLeaks<T> {
  const leaks: CostLeak<T>[] = [];
  const at_billed_tenants: CostLeak<T>[] = [];
  for (const line of lines) {
    if (line.is_shared) continue;
    const billed = !line.is_tax && line.tenant_id !== null && (revenue.get(line.tenant_id) ?? 0) !== 0;
    for (const { reason, cents } of partsOf(line)) {
      if (!billed) leaks.push({ reason: reason ?? 'no-revenue', line, cents });
      else if (reason !== null) at_billed_tenants.push({ reason, line, cents });
    }
  }
  return { leaks, at_billed_tenants };
}

interface Part {
  /** Null: a subscription in force covers it. */
  reason: LeakingCostReason | null;
  cents: number;
}

/** The parts of a line, by reason. Their cents add up to the line's. */
function partsOf(line: JudgedCost): Part[] {
  const { converted_cents: cents, days, idle_days } = line;
  const whole = reasonOfWhole(line);
  if (whole !== null) return [{ reason: whole, cents }];
  // Of two parts the rounded one and the rest are what the largest remainder gives.
  const idle = multiplyDivideRound(cents, idle_days, days);
  const parts: Part[] = [];
  if (idle_days > 0) parts.push({ reason: 'not-in-force', cents: idle });
  if (idle_days < days)
    parts.push({ reason: line.is_unmetered ? 'unmetered-size' : null, cents: addCents(cents, -idle) });
  return parts;
}

/** The reason of a line that leaks as a whole; null where a subscription covers days of it. */
function reasonOfWhole(line: JudgedCost): LeakingCostReason | null {
  if (line.is_tax) return 'tax';
  if (line.resource_id === null) return isAccountLevel(line) ? 'account-level' : 'unmatched';
  if (line.deployment_id === null) {
    if (line.is_source_gone) return 'source-gone';
    return line.is_unmetered ? 'unmetered-size' : 'no-deployment';
  }
  return line.never_in_force ? 'no-subscription' : null;
}

/** A line of no kind names no resource; the Spaces subscription is the account's, whatever it names. */
function isAccountLevel({ kind }: JudgedCost): boolean {
  return kind === null || kind === 'spaces_bucket';
}

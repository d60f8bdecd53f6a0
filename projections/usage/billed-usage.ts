/** Which usage the lines of an issue were billed from. */
import type { Db } from '../../src/database/db.ts';
import { lastDay } from '../../src/pricing/calendar.ts';
import type { DayRange } from '../../src/pricing/segments.ts';
import { llmUsage, usageReports } from './tables.ts';
import { countsAt } from './voided.ts';

/** Which usage an issue was billed from. */
export interface BilledUsageScope {
  tenantId: string;
  /** First day of the month. */
  period: string;
  /** Only what was recorded up to this journal position. */
  atPosition: number;
}

/** The quantity of one line: a billing kind's usage, or (null) the gateway's charges. */
export interface BilledUsage {
  deployment_id: string;
  resource_kind: string | null;
  /** The days that count. */
  days: readonly DayRange[];
  /** The days on which what the gateway reported counts by its tokens, as usage of the kind. */
  gateway_days: readonly DayRange[];
}

/** First and last day of the month, for `between`. */
export const daysOf = (db: Db, { period }: Pick<BilledUsageScope, 'period'>) =>
  db`${period}::date and ${lastDay(period)}::date`;

/** Days as a multirange of PostgreSQL. */
export const multirange = (days: readonly DayRange[]): string =>
  `{${days.map(({ from, to }) => `[${from},${to}]`).join(',')}}`;

/** The reports of the gateway for deployment `w.deployment_id` that an issue was billed from. */
export const gatewayReports = (db: Db, scope: BilledUsageScope) => db`
  from ${db(llmUsage.ref)} l
  where l.deployment_id = w.deployment_id and l.tenant_id = ${scope.tenantId}
    and l.day between ${daysOf(db, scope)} and ${countsAt(db, 'l', scope.atPosition)}`;

/** The reported usage of deployment `w.deployment_id` that an issue was billed from. */
export const countingReports = (db: Db, scope: BilledUsageScope) => db`
  from ${db(usageReports.ref)} u
  where u.deployment_id = w.deployment_id and u.tenant_id = ${scope.tenantId}
    and u.day between ${daysOf(db, scope)} and ${countsAt(db, 'u', scope.atPosition)}`;

/** Input and output tokens of a report `l`. */
export const tokens = (db: Db) => db`(l.input_tokens + l.output_tokens)::numeric`;

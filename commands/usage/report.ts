import type { Execution } from '../../src/ledger/command.ts';
import { refuse, type Refusal } from '../../src/ledger/refusal.ts';

/** A report as recorded, and why it was taken back (null: it counts). Null before it is recorded. */
export type ReportState<Report> = { report: Report; void_reason: string | null } | null;

/** How a new report compares with the one that is recorded under its id. */
export interface ReportAnswer {
  /** Equal in every field. */
  same: boolean;
  /** The recorded report was taken back: it no longer counts. */
  voided: boolean;
}

/** Compares a report in canonical form with what is recorded under its id. */
export function answerOfReport<Report extends object>(
  state: ReportState<Report>,
  report: Report,
): ReportAnswer {
  if (state === null) return { same: false, voided: false };
  const fields = Object.keys(report) as (keyof Report)[];
  return {
    same: fields.every((field) => state.report[field] === report[field]),
    voided: state.void_reason !== null,
  };
}

/** How far a sender's clock may be ahead of the ledger's. */
const CLOCK_SKEW_MS = 5 * 60_000;
const DAY_MS = 86_400_000;

/**
 * Refuses a report that is dated ahead of the ledger's clock, or further back than reports may be.
 * @param field the name of the dated field, for the message
 * @param at an ISO instant, or a UTC day. A day is ahead until it begins, and too old only as a whole.
 */
export function refuseDate(
  field: string,
  at: string,
  { now, limits: { maxAgeDays } }: Execution,
): Refusal | null {
  const isDay = at.length === 10;
  const begins = Date.parse(isDay ? `${at}T00:00:00Z` : at);
  const current = Date.parse(now);
  if (begins > current + CLOCK_SKEW_MS)
    return refuse('in-the-future', `${field} ${at} lies more than five minutes ahead`);
  const since = isDay ? Date.parse(`${now.slice(0, 10)}T00:00:00Z`) : current;
  if (begins >= since - maxAgeDays * DAY_MS) return null;
  return refuse('too-old', `${field} ${at} lies more than ${maxAgeDays} days back`);
}

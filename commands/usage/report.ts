/** A report as recorded, and why it was taken back (null: it counts); null before. */
export type ReportState<Report> = { report: Report; void_reason: string | null } | null;

/** How what is recorded under a report's id compares with the report that came now. */
export interface ReportAnswer {
  /** Equal in every field. */
  same: boolean;
  /** It was taken back: it counts no more. */
  voided: boolean;
}

/** Compares a report in canonical form with what is recorded under its id. */
export function answerOfReport<Report extends object>(state: ReportState<Report>, report: Report): ReportAnswer {
  if (state === null) return { same: false, voided: false };
  const fields = Object.keys(report) as (keyof Report)[];
  return { same: fields.every((field) => state.report[field] === report[field]), voided: state.void_reason !== null };
}

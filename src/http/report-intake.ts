import { z } from 'zod';
import type { ReportAnswer, ReportState } from '../../commands/usage/report.ts';
import { deploymentTenants } from '../../projections/usage/deployment-tenants.ts';
import type { BoundCommand } from '../ledger/command.ts';
import type { CommandMeta, CommandOutcome, Ledger } from '../ledger/ledger.ts';
import { logDeadline } from '../journal/log-deadline.ts';
import { isRefusal, Refused, type Refusal } from '../ledger/refusal.ts';

/** The most reports of one request. */
export const MAX_REPORTS = 1_000;

/** Refusals of one report; the others of its batch are recorded all the same. */
const refusals = ['in-the-future', 'too-old', 'charge-too-large', 'metered-kind'] as const;
type ReportRefusal = (typeof refusals)[number];

/** What became of one report, for the answer's schema. */
export const reportOutcome = {
  status: z.enum(['recorded', 'duplicate', 'rejected']),
  /** `voided` comes with `duplicate`: the report is known and was voided. */
  reason: z.enum(['unknown-deployment', 'id-reused', 'voided', ...refusals]).nullable(),
};
type Outcome = z.output<z.ZodObject<typeof reportOutcome>>;

/** How one sort of reports is recorded. */
export interface Intake<Report extends { deployment_id: string }, Name extends object> {
  /** A report's natural key. */
  nameOf: (report: Report) => Name;
  /** Records one, with the deployment's tenant. */
  command: BoundCommand<Report & { tenant_id: string }, ReportAnswer>;
}

/** The deployments' tenants. A deployment that is not found is looked up again in the latest read models. */
async function tenantsOf(ledger: Ledger, deploymentIds: readonly string[]): Promise<Map<string, string>> {
  const known = await ledger.query((db) => deploymentTenants(db, deploymentIds));
  if (deploymentIds.every((id) => known.has(id))) return known;
  return ledger.readLatest((db) => deploymentTenants(db, deploymentIds));
}

const isReportRefusal = (code: string): code is ReportRefusal =>
  (refusals as readonly string[]).includes(code);

/** @throws {Refused} a refusal that is not of one report alone */
function outcomeOf(answer: CommandOutcome<ReportAnswer> | Refusal): Outcome {
  if (isRefusal(answer)) {
    if (!isReportRefusal(answer.refused)) throw new Refused(answer);
    return { status: 'rejected', reason: answer.refused };
  }
  if (answer.appended > 0) return { status: 'recorded', reason: null };
  if (!answer.result.same) return { status: 'rejected', reason: 'id-reused' };
  return { status: 'duplicate', reason: answer.result.voided ? 'voided' : null };
}

/** Records a batch of reports; the answer has one item a report, in their order. */
export async function takeInReports<Report extends { deployment_id: string }, Name extends object>(
  ledger: Ledger,
  { nameOf, command }: Intake<Report, Name>,
  reports: readonly Report[],
  meta: CommandMeta,
): Promise<(Name & Outcome)[]> {
  const tenants = await tenantsOf(
    ledger,
    reports.map(({ deployment_id }) => deployment_id),
  );
  const inputs: (Report & { tenant_id: string })[] = [];
  for (const report of reports) {
    const tenant_id = tenants.get(report.deployment_id);
    if (tenant_id !== undefined) inputs.push({ ...report, tenant_id });
  }
  // A fresh command id, also for a repeated Idempotency-Key: what was recorded before is a duplicate.
  const outcomes = await ledger.executeEach(command, inputs, { ...meta, commandId: ledger.newId() });
  let next = 0;
  return reports.map((report) => ({
    ...nameOf(report),
    ...(tenants.has(report.deployment_id)
      ? outcomeOf(outcomes[next++] as CommandOutcome<ReportAnswer> | Refusal)
      : { status: 'rejected' as const, reason: 'unknown-deployment' as const }),
  }));
}

/** The log's position after a batch, with a time limit of its own: the batch may have used the request's. */
export const positionAfterReports = (ledger: Ledger): Promise<string> =>
  ledger.withDeadline(logDeadline()).position();

/** The answer to a void: the report as it was recorded, and the reason for its void. */
export function voidedReport<Report extends { tenant_id: string }>(
  state: ReportState<Report>,
): Omit<Report, 'tenant_id'> & { void_reason: string } {
  if (state === null || state.void_reason === null)
    throw new Error('a report that was voided has its content and a reason');
  const { tenant_id: _tenant, ...report } = state.report;
  return { ...report, void_reason: state.void_reason };
}

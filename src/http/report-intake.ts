import { z } from 'zod';
import type { ReportAnswer, ReportState } from '../../commands/usage/report.ts';
import { deploymentTenants } from '../../projections/usage/deployment-tenants.ts';
import { mapBounded } from '../runtime/map-bounded.ts';
import type { BoundCommand } from '../ledger/command.ts';
import type { CommandMeta, Ledger } from '../ledger/ledger.ts';
import { logDeadline } from '../journal/log-deadline.ts';
import { Refused } from '../ledger/refusal.ts';
import { groupBy } from '../runtime/group-by.ts';

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

async function recordOne<Input>(
  ledger: Ledger,
  command: BoundCommand<Input, ReportAnswer>,
  input: Input,
  meta: CommandMeta,
): Promise<Outcome> {
  try {
    // A thousand reports take longer than one request may wait: each has a time limit of its own. The first
    // that the log does not answer in time ends the batch.
    const { result, appended } = await ledger.withDeadline(logDeadline()).execute(command, input, meta);
    if (appended > 0) return { status: 'recorded', reason: null };
    if (!result.same) return { status: 'rejected', reason: 'id-reused' };
    return { status: 'duplicate', reason: result.voided ? 'voided' : null };
  } catch (error) {
    if (!(error instanceof Refused) || !isReportRefusal(error.refusal.refused)) throw error;
    return { status: 'rejected', reason: error.refusal.refused };
  }
}

/** The reports' places in groups of one name, in order: the first of a group is recorded. */
function byName(names: readonly object[]): number[][] {
  return [...groupBy(names.keys(), (place) => JSON.stringify(names[place])).values()];
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
  const names = reports.map(nameOf);
  const answers: (Name & Outcome)[] = [];
  await mapBounded(
    byName(names),
    async (places) => {
      for (const place of places) {
        const [report, name] = [reports[place] as Report, names[place] as Name];
        const tenant_id = tenants.get(report.deployment_id);
        if (tenant_id === undefined) {
          answers[place] = { ...name, status: 'rejected', reason: 'unknown-deployment' };
          continue;
        }
        // Each report is an execution of its own, so that two of one name are no repeated command.
        const outcome = await recordOne(
          ledger,
          command,
          { ...report, tenant_id },
          { ...meta, commandId: ledger.newId() },
        );
        answers[place] = { ...name, ...outcome };
      }
    },
    ledger.concurrency,
  );
  return answers;
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

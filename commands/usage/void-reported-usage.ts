import { defineCommand } from '../../src/ledger/command.ts';
import { refuse, type Refusal } from '../../src/ledger/refusal.ts';
import type { ReportedUsageEvent } from '../../src/events/usage.ts';
import { reportedUsage, reportedUsageStream, type ReportName } from './reported-usage.ts';

export interface VoidReportedUsage extends ReportName {
  reason: string;
}

/** Takes a report of usage back (spec 9). Once more adds nothing: the first reason stays. */
export const voidReportedUsage = defineCommand({
  name: 'void-reported-usage',
  aggregate: reportedUsage,
  stream: (input: VoidReportedUsage) => reportedUsageStream(input),
  decide(state, { source, external_id, reason }, _context: undefined): ReportedUsageEvent[] | Refusal {
    if (state === null) return refuse('not-found', `no usage of ${source} is recorded as ${external_id}`);
    if (state.void_reason !== null) return [];
    const { deployment_id, tenant_id, day } = state.report;
    return [
      { type: 'ReportedUsageVoided', data: { source, external_id, deployment_id, tenant_id, day, reason } },
    ];
  },
  result: (state) => state,
});

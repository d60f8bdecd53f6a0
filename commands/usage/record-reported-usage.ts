import { defineCommand } from '../../src/ledger/command.ts';
import { refuse, type Refusal } from '../../src/ledger/refusal.ts';
import type { ReportedUsageEvent } from '../../src/events/usage.ts';
import { meteredBillingKinds } from '../../src/pricing/metering.ts';
import { canonicalDecimal } from '../../src/pricing/money.ts';
import { answerOfReport, refuseDate } from './report.ts';
import { reportedUsage, reportedUsageStream, type UsageReport } from './reported-usage.ts';

const canonical = (input: UsageReport): UsageReport => ({
  ...input,
  qty: canonicalDecimal(input.qty),
});

/**
 * Records usage that no sweep meters (spec 9). A known id adds nothing: the result says whether the
 * recorded report equals the input. A new one is bounded in its day, and of a kind that no sweep meters.
 */
export const recordReportedUsage = defineCommand({
  name: 'record-reported-usage',
  aggregate: reportedUsage,
  assumesNew: true,
  stream: (input: UsageReport) => reportedUsageStream(input),
  decide(state, input, _context: undefined, execution): ReportedUsageEvent[] | Refusal {
    if (state !== null) return [];
    if (meteredBillingKinds().includes(input.resource_kind)) {
      return refuse('metered-kind', `${input.resource_kind} is metered: a report would count it twice`);
    }
    return refuseDate('day', input.day, execution) ?? [{ type: 'UsageReported', data: canonical(input) }];
  },
  result: (state, input) => answerOfReport(state, canonical(input)),
});

import { defineCommand } from '../../src/ledger/command.ts';
import { canonicalJson } from '../../src/runtime/canonical-json.ts';
import type { Refusal } from '../../src/ledger/refusal.ts';
import type { RollupEvent } from '../../src/events/invoicing.ts';
import { refuseUnendedPeriod } from './issue-invoice.ts';
import { rolledUpMonth, rolledUpMonthStream, type LastRollup } from './rolled-up-month.ts';

/** `period` is the month's first day. */
export interface RecordMonthRolledUp {
  period: string;
  invoices: number;
  /** The journal position that the run's inputs were read at. */
  inputs_position: number;
  not_billable: { tenant_id: string; reason: string }[];
  /** The journal position of the last fact that no rollup had judged before this run; 0: there was none. */
  judged_position: number;
}

/**
 * Records that a month is rolled up for every tenant. Another rollup with the same number of invoices, the
 * same tenants that cannot be billed and no new facts to judge adds nothing.
 */
export const recordMonthRolledUp = defineCommand({
  name: 'record-month-rolled-up',
  aggregate: rolledUpMonth,
  stream: (input: RecordMonthRolledUp) => rolledUpMonthStream(input.period),
  decide(state, { judged_position, ...input }, _context: undefined, execution): RollupEvent[] | Refusal {
    const early = refuseUnendedPeriod(input.period, execution);
    if (early !== null) return early;
    return state.rollup !== null && isAsKnown(state.rollup, { judged_position, ...input })
      ? []
      : [{ type: 'MonthRolledUp', data: input }];
  },
  result: (state) => state,
});

function isAsKnown(
  last: LastRollup,
  { invoices, not_billable, judged_position }: RecordMonthRolledUp,
): boolean {
  return (
    last.invoices === invoices &&
    last.inputs_position >= judged_position &&
    canonicalJson(last.not_billable) === canonicalJson(not_billable)
  );
}

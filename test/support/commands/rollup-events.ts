/** A roll-up of April 2026 over all tenants. */
import type { RecordMonthRolledUp } from '../../../commands/invoicing/record-month-rolled-up.ts';
import type { RollupEvent } from '../../../src/events/invoicing.ts';

const aprilRollup = { period: '2026-04-01', invoices: 2, inputs_position: 100, not_billable: [] };

export const rollupInput = (changes: Partial<RecordMonthRolledUp> = {}): RecordMonthRolledUp => ({
  ...aprilRollup,
  judged_position: 0,
  ...changes,
});

export const rolledUp = (changes: Partial<RecordMonthRolledUp> = {}): RollupEvent => ({
  type: 'MonthRolledUp',
  data: { ...aprilRollup, ...changes },
});

export const withTenantLeftOut = { not_billable: [{ tenant_id: 'dear', reason: 'too large' }] };

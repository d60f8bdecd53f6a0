import { recordMonthRolledUp } from '../../../../commands/invoicing/record-month-rolled-up.ts';
import type { RollupEvent } from '../../../../src/events/invoicing.ts';
import { given } from '../../../support/commands/command-spec.ts';
import { rollupInput, rolledUp, withTenantLeftOut } from '../../../support/commands/rollup-events.ts';

describe('record-month-rolled-up', () => {
  it('adds nothing for the same number of invoices', () => {
    given(recordMonthRolledUp, [rolledUp()])
      .when(rollupInput({ inputs_position: 200 }), undefined)
      .then([]);
  });

  it('adds nothing when it judged no new fact', () => {
    given(recordMonthRolledUp, [rolledUp()])
      .when(rollupInput({ inputs_position: 200, judged_position: 100 }), undefined)
      .then([]);
    given(recordMonthRolledUp, [rolledUp(withTenantLeftOut)])
      .when(rollupInput({ ...withTenantLeftOut, inputs_position: 200, judged_position: 100 }), undefined)
      .then([]);
  });

  it('takes the event of an earlier release as good while there are no new facts', () => {
    const old: RollupEvent = { type: 'MonthRolledUp', data: { period: '2026-04-01', invoices: 2 } };
    given(recordMonthRolledUp, [old]).when(rollupInput(), undefined).then([]);
  });
});

import { recordMonthRolledUp } from '../../../../commands/invoicing/record-month-rolled-up.ts';
import type { RollupEvent } from '../../../../src/events/invoicing.ts';
import { given } from '../../../support/commands/command-spec.ts';
import { rollupInput, rolledUp, withTenantLeftOut } from '../../../support/commands/rollup-events.ts';

describe('record-month-rolled-up', () => {
  it('records the first roll-up of a month', () => {
    given(recordMonthRolledUp).when(rollupInput(), undefined).then([rolledUp()]);
    given(recordMonthRolledUp)
      .when(rollupInput({ invoices: 0 }), undefined)
      .then([rolledUp({ invoices: 0 })]);
  });

  it('records a roll-up that leaves another number of invoices', () => {
    given(recordMonthRolledUp, [rolledUp()])
      .when(rollupInput({ invoices: 3 }), undefined)
      .then([rolledUp({ invoices: 3 })]);
  });

  it('records that it judged facts which no roll-up had seen', () => {
    given(recordMonthRolledUp, [rolledUp()])
      .when(rollupInput({ inputs_position: 200, judged_position: 101 }), undefined)
      .then([rolledUp({ inputs_position: 200 })]);
  });

  it('records the tenants that it could not bill, and that it could bill them later', () => {
    given(recordMonthRolledUp, [rolledUp()])
      .when(rollupInput(withTenantLeftOut), undefined)
      .then([rolledUp(withTenantLeftOut)]);
    given(recordMonthRolledUp, [rolledUp(withTenantLeftOut)])
      .when(rollupInput(), undefined)
      .then([rolledUp()]);
  });

  it('records facts that came after the event of an earlier release', () => {
    const old: RollupEvent = { type: 'MonthRolledUp', data: { period: '2026-04-01', invoices: 2 } };
    given(recordMonthRolledUp, [old])
      .when(rollupInput({ judged_position: 5 }), undefined)
      .then([rolledUp()]);
  });
});

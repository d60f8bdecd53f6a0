import { recordMonthRolledUp } from '../../../commands/invoices/record-month-rolled-up.ts';
import type { RollupEvent } from '../../../src/events/invoices.ts';
import { execution, given } from '../../support/command-spec.ts';

describe('recording that a month is rolled up', () => {
  const april = { period: '2026-04-01', invoices: 2 };
  const rolledUp = (data = april): RollupEvent => ({ type: 'MonthRolledUp', data });

  it('records the first rollup, and later ones that leave another number of invoices', () => {
    given(recordMonthRolledUp).when(april, undefined).then([rolledUp()]);
    given(recordMonthRolledUp).when({ ...april, invoices: 0 }, undefined).then([rolledUp({ ...april, invoices: 0 })]);
    given(recordMonthRolledUp, [rolledUp()]).when(april, undefined).then([]);
    given(recordMonthRolledUp, [rolledUp()]).when({ ...april, invoices: 3 }, undefined).then([rolledUp({ ...april, invoices: 3 })]);
  });

  it('refuses a month that has not ended', () => {
    given(recordMonthRolledUp).when(april, undefined, execution({ now: '2026-04-30T23:59:59.999Z' })).refused('period-not-ended');
  });
});

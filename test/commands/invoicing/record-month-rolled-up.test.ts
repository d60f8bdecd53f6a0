import { recordMonthRolledUp } from '../../../commands/invoicing/record-month-rolled-up.ts';
import type { RecordMonthRolledUpInput } from '../../../commands/invoicing/record-month-rolled-up.ts';
import type { RollupEvent } from '../../../src/events/invoicing.ts';
import { execution, given } from '../../support/commands/command-spec.ts';

describe('recording that a month is rolled up', () => {
  const april = { period: '2026-04-01', invoices: 2, inputs_position: 100, not_billable: [] };
  const run = (changes: Partial<RecordMonthRolledUpInput> = {}): RecordMonthRolledUpInput => ({
    ...april,
    judged_position: 0,
    ...changes,
  });
  const rolledUp = (changes: Partial<RecordMonthRolledUpInput> = {}): RollupEvent => ({
    type: 'MonthRolledUp',
    data: { ...april, ...changes },
  });
  const left = { not_billable: [{ tenant_id: 'dear', reason: 'too large' }] };

  it('records the first rollup, and later ones that leave another number of invoices', () => {
    given(recordMonthRolledUp).when(run(), undefined).then([rolledUp()]);
    given(recordMonthRolledUp)
      .when(run({ invoices: 0 }), undefined)
      .then([rolledUp({ invoices: 0 })]);
    given(recordMonthRolledUp, [rolledUp()])
      .when(run({ inputs_position: 200 }), undefined)
      .then([]);
    given(recordMonthRolledUp, [rolledUp()])
      .when(run({ invoices: 3 }), undefined)
      .then([rolledUp({ invoices: 3 })]);
  });

  it('records that it judged facts which no rollup had seen, and whom it could not bill', () => {
    given(recordMonthRolledUp, [rolledUp()])
      .when(run({ inputs_position: 200, judged_position: 100 }), undefined)
      .then([]);
    given(recordMonthRolledUp, [rolledUp()])
      .when(run({ inputs_position: 200, judged_position: 101 }), undefined)
      .then([rolledUp({ inputs_position: 200 })]);
    given(recordMonthRolledUp, [rolledUp()])
      .when(run(left), undefined)
      .then([rolledUp(left)]);
    given(recordMonthRolledUp, [rolledUp(left)])
      .when(run({ ...left, inputs_position: 200, judged_position: 100 }), undefined)
      .then([]);
    given(recordMonthRolledUp, [rolledUp(left)])
      .when(run(), undefined)
      .then([rolledUp()]);
  });

  it('takes the mark of an earlier release, which did not say what was judged, as good while there are no new facts', () => {
    const old: RollupEvent = { type: 'MonthRolledUp', data: { period: '2026-04-01', invoices: 2 } };
    given(recordMonthRolledUp, [old]).when(run(), undefined).then([]);
    given(recordMonthRolledUp, [old])
      .when(run({ judged_position: 5 }), undefined)
      .then([rolledUp()]);
  });

  it('refuses a month that has not ended', () => {
    given(recordMonthRolledUp)
      .when(run(), undefined, execution({ now: '2026-04-30T23:59:59.999Z' }))
      .refused('period-not-ended');
  });
});

import { closeMonth } from '../../../../commands/invoicing/close-month.ts';
import { recordMonthRolledUp } from '../../../../commands/invoicing/record-month-rolled-up.ts';
import { given } from '../../../support/commands/command-spec.ts';
import { byForce, closed, closeInput } from '../../../support/commands/close-events.ts';
import { rolledUp, rollupInput } from '../../../support/commands/rollup-events.ts';

describe('close-month', () => {
  it('decides that a month is issued', () => {
    given(closeMonth).when(closeInput(), undefined).then([closed()]);
    given(closeMonth)
      .when(closeInput({ unless_rolled_up: true }), undefined)
      .then([closed()]);
  });

  it('keeps why it was forced, and what stood in the way', () => {
    given(closeMonth)
      .when(closeInput(byForce), undefined)
      .then([closed(byForce)]);
  });

  it('decides about a month that was rolled up by hand when it is asked to', () => {
    given(closeMonth, [rolledUp()]).when(closeInput(), undefined).then([closed()]);
  });

  it('comes before the first roll-up', () => {
    given(recordMonthRolledUp, [closed()]).when(rollupInput(), undefined).then([rolledUp()]);
    given(recordMonthRolledUp, [closed(), rolledUp()]).when(rollupInput(), undefined).then([]);
  });
});

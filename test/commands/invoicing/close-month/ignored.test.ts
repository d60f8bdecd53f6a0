import { closeMonth } from '../../../../commands/invoicing/close-month.ts';
import { given } from '../../../support/commands/command-spec.ts';
import { byForce, closed, closeInput } from '../../../support/commands/close-events.ts';
import { rolledUp } from '../../../support/commands/rollup-events.ts';

describe('close-month', () => {
  it('keeps the first decision, whatever a later one says', () => {
    given(closeMonth, [closed()]).when(closeInput(byForce), undefined).then([]);
    given(closeMonth, [closed(byForce), rolledUp()])
      .when(closeInput(), undefined)
      .then([]);
  });

  it('decides nothing by the schedule about a month that is rolled up', () => {
    given(closeMonth, [rolledUp()])
      .when(closeInput({ unless_rolled_up: true }), undefined)
      .then([]);
  });
});

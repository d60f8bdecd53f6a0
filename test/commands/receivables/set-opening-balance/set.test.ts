import { openingId } from '../../../../commands/receivables/account.ts';
import { setOpeningBalance } from '../../../../commands/receivables/set-opening-balance.ts';
import { given } from '../../../support/commands/command-spec.ts';
import {
  june,
  knowing,
  paidOf,
  pays,
  receivedEvent,
  reported,
  target,
  tenant_id,
} from '../../../support/commands/account-events.ts';

describe('set-opening-balance', () => {
  const opening_id = openingId(tenant_id);

  it('is owed, and a balance pays it before later invoices', () => {
    const { payment_id: id } = reported();
    const opening = { tenant_id, amount_cents: 5_000, on: '2026-05-01' };
    given(setOpeningBalance, [receivedEvent()])
      .when(opening, knowing(), june)
      .then([
        {
          type: 'OpeningBalanceSet',
          data: {
            ...opening,
            opening_id,
            allocations: [pays(id, opening_id, 5_000)],
            targets: [paidOf(opening_id, 5_000)],
            balance_cents: 1_000,
          },
          effective_at: '2026-05-01',
        },
      ]);
  });

  it('below zero is a balance that pays what is open', () => {
    const opening = { tenant_id, amount_cents: -12_000, on: '2026-06-20' };
    given(setOpeningBalance)
      .when(opening, knowing(target('first')), june)
      .then([
        {
          type: 'OpeningBalanceSet',
          data: {
            ...opening,
            opening_id,
            allocations: [pays(opening_id, 'first', 10_000, '2026-06-20')],
            targets: [paidOf('first', 10_000)],
            balance_cents: 2_000,
          },
        },
      ]);
  });
});

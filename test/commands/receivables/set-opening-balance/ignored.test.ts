import { expect } from 'chai';
import type { AccountEvent } from '../../../../src/events/receivables.ts';
import { openingId } from '../../../../commands/receivables/account.ts';
import { setOpeningBalance } from '../../../../commands/receivables/set-opening-balance.ts';
import { given } from '../../../support/commands/command-spec.ts';
import { june, knowing, nothing, tenant_id } from '../../../support/commands/account-events.ts';

describe('set-opening-balance', () => {
  const opening = { tenant_id, amount_cents: 5_000, on: '2026-05-01' };
  const set: AccountEvent = {
    type: 'OpeningBalanceSet',
    data: { ...opening, opening_id: openingId(tenant_id), ...nothing },
  };

  it('adds nothing for the same again, and for zero', () => {
    const state = given(setOpeningBalance, [set]).when(opening, knowing(), june).then([]);
    expect(state).to.deep.include({ amount_cents: 5_000, on: '2026-05-01' });
    given(setOpeningBalance)
      .when({ ...opening, amount_cents: 0 }, knowing(), june)
      .then([]);
  });
});

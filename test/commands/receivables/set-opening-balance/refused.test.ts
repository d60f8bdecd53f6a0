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

  it('refuses another amount and another day', () => {
    for (const changes of [{ amount_cents: 4_999 }, { amount_cents: 0 }, { on: '2026-05-02' }]) {
      const refusal = given(setOpeningBalance, [set])
        .when({ ...opening, ...changes }, knowing(), june)
        .refused('already-exists');
      expect(refusal.extra).to.deep.equal({ amount_cents: 5_000, on: '2026-05-01' });
    }
  });
});

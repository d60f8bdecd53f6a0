import { expect } from 'chai';
import { settleAccount } from '../../../../commands/receivables/settle-account.ts';
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

describe('settle-account', () => {
  const { payment_id: id } = reported();
  const paying = receivedEvent(reported(), {
    allocations: [pays(id, 'first', 6_000)],
    targets: [paidOf('first', 6_000)],
    balance_cents: 0,
  });

  it('lets the balance pay a new invoice from its issue on, the oldest first', () => {
    const old = target('first', { owed: [{ on: '2026-05-16', cents: 5_000 }] });
    const next = target('next', { due_on: '2026-06-15', owed: [{ on: '2026-06-01', cents: 10_000 }] });
    const state = given(settleAccount, [receivedEvent()])
      .when({ tenant_id }, knowing(next, old), june)
      .then([
        {
          type: 'AccountSettled',
          data: {
            tenant_id,
            allocations: [pays(id, 'first', 5_000, '2026-05-16'), pays(id, 'next', 1_000, '2026-06-01')],
            targets: [paidOf('first', 5_000), paidOf('next', 1_000)],
            balance_cents: 0,
          },
        },
      ]);
    expect(state).to.deep.equal({ balance_cents: 0 });
  });

  it('returns what a void invoice no longer takes to the balance', () => {
    const owed = [
      { on: '2026-05-01', cents: 10_000 },
      { on: '2026-06-02', cents: -10_000 },
    ];
    given(settleAccount, [paying])
      .when({ tenant_id }, knowing(target('first', { is_void: true, owed })), june)
      .then([
        {
          type: 'AccountSettled',
          data: {
            tenant_id,
            allocations: [pays(id, 'first', -6_000, '2026-06-02')],
            targets: [paidOf('first', 0)],
            balance_cents: 6_000,
          },
        },
      ]);
  });
});

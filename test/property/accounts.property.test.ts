import { expect } from 'chai';
import fc from 'fast-check';
import { eventSchemas, type EventType } from '../../src/events/index.ts';
import { AccountHistory, acts, openOn, type Act } from '../support/property/account-history.ts';

function lived(tenant: string, life: readonly Act[]): AccountHistory {
  const history = new AccountHistory(tenant);
  for (const act of life) history.act(act);
  history.settle();
  return history;
}

const sum = (amounts: Iterable<number>): number => [...amounts].reduce((total, cents) => total + cents, 0);

describe('the account of a tenant, over random histories', () => {
  it('loses and doubles no cent, and allocates no more than there is, on any day', () => {
    fc.assert(
      fc.property(acts, (life) => {
        const history = lived('acme', life);
        const { state } = history;
        const allocated = sum(state.allocations.map(({ amount_cents }) => amount_cents));
        const came = sum(
          state.sources.map(({ amount_cents, reversal }) => (reversal === null ? amount_cents : 0)),
        );
        const refunded = sum(
          state.sources.flatMap(({ refunds }) => refunds.map(({ amount_cents }) => amount_cents)),
        );
        expect(came).to.equal(allocated + state.balance_cents + refunded);
        for (const day of history.days()) {
          const { open, balance } = openOn(history, day);
          for (const cents of open.values()) expect(cents, day).to.be.at.least(0);
          expect(balance, day).to.be.at.least(0);
        }
        const { open, balance } = openOn(history, history.days().at(-1) ?? '');
        expect(balance).to.equal(state.balance_cents);
        // A balance stays only where nothing is open.
        if (balance > 0) expect(sum(open.values())).to.equal(0);
      }),
      { numRuns: 500 },
    );
  });

  it('says in every event what the account is after it', () => {
    fc.assert(
      fc.property(acts, (life) => {
        const history = lived('acme', life);
        const paid = new Map<string, number>();
        for (const { event } of history.events) {
          const parsed = eventSchemas[event.type as EventType].parse(event.data) as {
            allocations?: { target_id: string; amount_cents: number }[];
            targets?: { target_id: string; paid_cents: number; credited_cents: number }[];
          };
          for (const { target_id, amount_cents } of parsed.allocations ?? [])
            paid.set(target_id, (paid.get(target_id) ?? 0) + amount_cents);
          for (const { target_id, paid_cents, credited_cents } of parsed.targets ?? [])
            expect(paid_cents + credited_cents).to.equal(paid.get(target_id));
        }
        const before = history.events.length;
        history.settle();
        expect(history.events.length, 'a second settlement adds nothing').to.equal(before);
      }),
      { numRuns: 200 },
    );
  });
});

import { expect } from 'chai';
import fc from 'fast-check';
import { receivables } from '../../../projections/receivables/receivables.ts';
import {
  accountEntries,
  accounts,
  accountTargets,
  allocations,
  payments,
} from '../../../projections/receivables/tables.ts';
import type { LedgerEvent } from '../../../src/events/index.ts';
import { recorded, projectTwice } from '../../support/projections/projection-spec.ts';
import { AccountHistory, acts } from '../../support/property/account-history.ts';

/** Row types are erased: the events of a history are the ledger's. */
const asLedgerEvent = (event: unknown): LedgerEvent => event as LedgerEvent;

describe('projection receivables', () => {
  it('holds accounts as their events have them, however often each is delivered', () => {
    fc.assert(
      fc.property(acts, (life) => {
        const history = new AccountHistory('acme');
        for (const act of life) history.act(act);
        history.settle();
        const events = history.events.map(({ event, stream, at }, index) =>
          recorded(asLedgerEvent(event), { position: index + 1, stream, recorded_at: at }),
        );
        const table = projectTwice(receivables, events);
        const { state } = history;
        expect(table(accounts).map((row) => row['balance_cents'])).to.deep.equal(
          events.some(({ stream }) => stream.startsWith('account-')) ? [state.balance_cents] : [],
        );
        // Rows come in the order of their keys as text.
        expect(table(allocations).map((row) => row['amount_cents'])).to.have.members(
          state.allocations.map(({ amount_cents }) => amount_cents),
        );
        const isPayment = ({ kind }: { kind: string }) => kind === 'payment';
        expect(table(payments)).to.have.length(state.sources.filter(isPayment).length);
        expect(table(payments).filter((row) => row['reversed_on'] !== null)).to.have.length(
          state.sources.filter(({ reversal }) => reversal !== null).length,
        );
        const figures = (key: string) =>
          table(accountTargets).reduce((sum, row) => sum + Number(row[key]), 0);
        const allocated = state.allocations.reduce((sum, { amount_cents }) => sum + amount_cents, 0);
        expect(figures('paid_cents') + figures('credited_cents')).to.equal(allocated);
        const money = table(accountEntries).filter((row) => row['kind'] !== 'opening_balance');
        expect(money.reduce((sum, row) => sum + Number(row['amount_cents']), 0)).to.equal(
          allocated + state.balance_cents,
        );
      }),
      { numRuns: 100 },
    );
  });
});

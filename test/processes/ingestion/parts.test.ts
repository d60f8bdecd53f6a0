import { expect } from 'chai';
import { foundInvoices } from '../../../src/processes/ingestion/found-invoices.ts';
import { oneAtATime } from '../../../src/processes/ingestion/one-at-a-time.ts';
import { gate } from '../../support/runtime/gate.ts';

describe('invoices found at the provider', () => {
  const listed = (uuid: string) => ({ uuid, invoice_id: '1', period: '2026-04-01', amount_cents: 100 });
  const entry = (invoice_uuid: string | null, date: string | null, type = 'Invoice') => ({
    type,
    description: '',
    amount_cents: 100,
    date,
    invoice_id: null,
    invoice_uuid,
  });

  it('are each found once, by uuid', () => {
    expect(
      foundInvoices(
        [listed('a')],
        [
          entry('a', '2026-05-01T08:44:38Z'),
          entry('b', '2026-01-01T08:44:38Z'),
          entry('b', '2026-01-01T08:44:38Z'),
        ],
      ),
    ).to.deep.equal([
      { invoice_uuid: 'a', invoice_id: '1', period: '2026-04-01', amount_cents: 100 },
      { invoice_uuid: 'b', invoice_id: null, period: '2025-12-01', amount_cents: 100 },
    ]);
  });

  it('exclude payments, and entries without a uuid or a date', () => {
    expect(
      foundInvoices(
        [],
        [
          entry('a', '2026-05-01T08:44:38Z', 'Payment'),
          entry(null, '2026-05-01T08:44:38Z'),
          entry('c', null),
        ],
      ),
    ).to.deep.equal([]);
  });
});

describe('one at a time', () => {
  it('runs tasks of one key in turn, others side by side, and goes on after a failure', async () => {
    const owner = {};
    const log: string[] = [];
    const { opened, open } = gate();
    const first = oneAtATime(owner, 'a', async () => {
      log.push('first');
      await opened;
      log.push('first ends');
      throw new Error('no');
    });
    const second = oneAtATime(owner, 'a', async () => {
      log.push('second');
      return 2;
    });
    await oneAtATime(owner, 'b', async () => {
      log.push('other key');
    });
    await oneAtATime({}, 'a', async () => {
      log.push('other owner');
    });
    expect(log).to.deep.equal(['first', 'other key', 'other owner']);
    open();
    expect(await first.catch((error: Error) => error.message)).to.equal('no');
    expect(await second).to.equal(2);
    expect(log.slice(3)).to.deep.equal(['first ends', 'second']);
  });
});

import { expect } from 'chai';
import { syncAll } from '../support/processes/sync-run.ts';
import { ok } from '../support/http/api.ts';
import { startTestLedger, type TestLedger } from '../support/ledger/test-ledger.ts';

describe('cost alerts over HTTP', () => {
  let ledger: TestLedger;
  before(async () => {
    ledger = await startTestLedger({ digitalOcean: {} });
  });
  after(async () => {
    await ledger.close();
  });

  const alerts = async () => ok(ledger.api.get('dashboard/cost-alerts'));
  const balance = async (usage: string, generated_at: string) => {
    ledger.digitalOcean.setBalance({ month_to_date_usage: usage, generated_at });
    await ok(ledger.api.post('jobs/billing.balance/run', {}));
  };

  it('has no figures before the first balance, and expects nothing without list prices', async () => {
    expect(await alerts()).to.deep.equal({ data: [], current: null });
    await balance('900.00', '2026-05-09T09:00:00Z');
    const { data, current } = await alerts();
    expect(data).to.deep.equal([]);
    expect(current).to.include({ usage_cents: 90_000, expected_cents: null, growth_cents: null });
  });

  it('raises an alert once, and clears it when the usage is as expected', async () => {
    await ok(ledger.api.post('jobs/sync.sizes/run', {}));
    await balance('900.00', '2026-05-09T09:30:00Z');
    expect((await alerts()).data, 'droplets are not mirrored yet').to.deep.equal([]);
    await syncAll(ledger);
    await balance('900.00', '2026-05-09T10:00:00Z');
    const first = await alerts();
    expect(first.data).to.have.length(1);
    expect(first.data[0]).to.include({ kind: 'accrual', direction: 'above', cleared_at: null });
    const events = await ledger.eventCount();
    await ok(ledger.api.post('jobs/billing.balance/run', {}));
    const known = first.current.expected_cents;
    expect((await alerts()).data).to.deep.equal(first.data);
    expect(known).to.be.greaterThan(0);
    await balance((known / 100).toFixed(2), '2026-05-09T10:30:00Z');
    const [cleared] = (await alerts()).data;
    expect(cleared.cleared_at).to.equal('2026-05-09T10:30:00.000Z');
    expect(await ledger.eventCount()).to.be.greaterThan(events);
  });
});

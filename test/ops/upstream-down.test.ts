import { expect } from 'chai';
import { ok, type Json } from '../support/http/api.ts';
import { whenReady } from '../support/http/when-ready.ts';
import { startTestLedger, type TestLedger } from '../support/ledger/test-ledger.ts';

describe('when DigitalOcean is not there at all', () => {
  let ledger: TestLedger;
  before(async () => {
    ledger = await startTestLedger({ digitalOcean: {} });
    await ok(ledger.api.post('jobs/sync.droplets/run'));
  });
  after(() => ledger.close());

  it('jobs fail with the reason, nothing is struck or deleted, and the service is ready', async () => {
    const mirror = async () =>
      (await ok(ledger.api.get('inventory?limit=500'))).data.map(({ id, status, missed_syncs }: Json) => [
        id,
        status,
        missed_syncs,
      ]);
    const before = await mirror();
    const events = await ledger.log.head();
    await ledger.digitalOcean.close();
    for (const job of ['sync.droplets', 'billing.balance']) {
      ledger.clock.advance(60_000);
      const { data } = await ok(ledger.api.post(`jobs/${job}/run`));
      expect(data.status).to.equal('failed');
      expect(data.error).to.match(/^upstream-failed: .*(ECONNREFUSED|fetch failed)/);
    }
    expect(await mirror()).to.deep.equal(before);
    expect(await ledger.log.head()).to.equal(events);
    await whenReady(ledger.api);
    const listed = (await ok(ledger.api.get('jobs'))).data.find(({ name }: Json) => name === 'sync.droplets');
    expect(JSON.stringify(listed)).to.contain('upstream-failed');
  });
});

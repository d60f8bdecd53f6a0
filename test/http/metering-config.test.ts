import { expect } from 'chai';
import { ok, problem } from '../support/http/api.ts';
import { startTestLedger, type TestLedger } from '../support/ledger/test-ledger.ts';
import { tenantToken } from '../support/http/tokens.ts';

describe('metering configuration over HTTP', () => {
  let ledger: TestLedger;
  before(async () => {
    ledger = await startTestLedger();
  });
  after(async () => {
    await ledger.close();
  });

  const defaults = { granularity: 'day', retention_days: null };

  it('lists every billing kind with its default', async () => {
    expect(await ok(ledger.api.get('metering-config'))).to.deep.equal({
      data: ['backup_gb_month', 'dns_zones', 'droplet_hours', 'snapshot_gb_month', 'spaces_gb_month'].map(
        (resource_kind) => ({ resource_kind, ...defaults }),
      ),
      next_cursor: null,
    });
    const first = await ok(ledger.api.get('metering-config?limit=3'));
    const second = await ok(ledger.api.get(`metering-config?limit=3&cursor=${first.next_cursor}`));
    expect([...first.data, ...second.data]).to.have.length(5);
    expect(second.next_cursor).to.equal(null);
  });

  it('sets a kind, keeps fields that are left out, and adds no event without a change', async () => {
    const set = await ok(
      ledger.api.put('metering-config/droplet_hours', { granularity: 'hour', retention_days: 400 }),
    );
    expect(set).to.deep.equal({
      data: { resource_kind: 'droplet_hours', granularity: 'hour', retention_days: 400 },
    });
    const before = await ledger.eventCount();
    for (const body of [{ granularity: 'hour' }, { retention_days: 400 }, {}])
      expect(await ok(ledger.api.put('metering-config/droplet_hours', body))).to.deep.equal(set);
    expect(await ledger.eventCount()).to.equal(before);
    expect(
      (await ok(ledger.api.put('metering-config/droplet_hours', { retention_days: null }))).data
        .retention_days,
    ).to.equal(null);
    const { data } = await ok(ledger.api.get('metering-config'));
    expect(data[2]).to.deep.equal({
      resource_kind: 'droplet_hours',
      granularity: 'hour',
      retention_days: null,
    });
    for (const row of data)
      expect((await ok(ledger.api.get(`metering-config/${row.resource_kind}`))).data).to.deep.equal(row);
  });

  it('refuses kinds that are not metered, wrong values and tenants', async () => {
    const before = await ledger.eventCount();
    for (const kind of ['llm_tokens', 'bandwidth_gb', 'droplet', 'toString'])
      await problem(ledger.api.put(`metering-config/${kind}`, { granularity: 'hour' }), 404);
    for (const kind of ['llm_tokens', 'toString'])
      await problem(ledger.api.get(`metering-config/${kind}`), 404);
    await problem(ledger.api.put('metering-config/dns_zones', { granularity: 'week' }), 422, 'granularity');
    for (const retention_days of [0, 1.5, '30', 40_000])
      await problem(ledger.api.put('metering-config/dns_zones', { retention_days }), 422, 'retention_days');
    await problem(ledger.api.put('metering-config/dns_zones', { purge: true }), 422, 'purge');
    const token = tenantToken('acme');
    await problem(ledger.api.get('metering-config', { token }), 403);
    await problem(ledger.api.put('metering-config/dns_zones', { granularity: 'hour' }, { token }), 403);
    expect(await ledger.eventCount()).to.equal(before);
  });
});

import { expect } from 'chai';
import { startTestLedger } from '../../support/ledger/test-ledger.ts';
import type { TestLedger } from '../../support/ledger/test-ledger.ts';
import { admin } from '../../support/commands/command-spec.ts';
import { createDigitalOceanClient } from '../../../src/digitalocean/client.ts';
import { silentLogger } from '../../../src/runtime/logger.ts';
import type { ProcessRun } from '../../../src/processes/process.ts';
import { sweepKind } from '../../../src/processes/sync/sweep-kind.ts';
import type { ListKind } from '../../../src/processes/sync/sweep-kind.ts';
import { aDroplet, aFirewall, emptyAccount } from '../../../simulators/digitalocean/index.ts';
import type { FaultEffect } from '../../../simulators/digitalocean/index.ts';
import { completed, failed, inventoryOf } from '../../support/processes/sync-run.ts';
import { gate } from '../../support/runtime/gate.ts';

const hour = 3_600_000;

describe('strikes', () => {
  let ledger: TestLedger;
  beforeEach(async () => {
    const account = emptyAccount();
    account.droplets.push(aDroplet({ id: 1, name: 'one' }), aDroplet({ id: 2, name: 'two' }));
    account.firewalls.push(aFirewall({ id: 'fw', name: 'fw' }));
    ledger = await startTestLedger({ digitalOcean: { account } });
    await completed(ledger, 'sync.droplets');
    await completed(ledger, 'sync.firewalls');
  });
  afterEach(async () => {
    await ledger.close();
  });

  const droplet = async (name: string) =>
    (await inventoryOf(ledger, '&kind=droplet')).find((row) => row.name === name);

  it('make a resource stale at the third sweep in a row without it; a return makes it live', async () => {
    const gone = ledger.digitalOcean.account.droplets.splice(0, 1);
    const lastSeen = (await droplet('one')).last_seen_at;
    for (const strikes of [1, 2, 3]) {
      expect(await completed(ledger, 'sync.droplets')).to.deep.equal({ seen: 1, changed: 0, missed: 1 });
      expect(await droplet('one')).to.include({
        missed_syncs: strikes,
        status: strikes === 3 ? 'stale' : 'active',
        last_seen_at: lastSeen,
      });
    }
    expect(await completed(ledger, 'sync.droplets')).to.include({ missed: 0 });
    expect((await inventoryOf(ledger, '&status=stale')).map((row) => row.name)).to.deep.equal(['one']);
    ledger.digitalOcean.account.droplets.push(...gone);
    expect(await completed(ledger, 'sync.droplets')).to.include({ changed: 1 });
    expect(await droplet('one')).to.include({ missed_syncs: 0, status: 'active' });
  });

  it('start anew when the resource was seen between', async () => {
    for (let n = 0; n < 3; n++) {
      const gone = ledger.digitalOcean.account.droplets.splice(0, 1);
      await completed(ledger, 'sync.droplets');
      await completed(ledger, 'sync.droplets');
      ledger.digitalOcean.account.droplets.unshift(...gone);
      await completed(ledger, 'sync.droplets');
    }
    expect(await droplet('one')).to.include({ missed_syncs: 0, status: 'active' });
  });

  const troubles: [string, FaultEffect][] = [
    ['a revoked token', { kind: 'status', status: 401 }],
    ['a missing scope', { kind: 'status', status: 403 }],
    ['an outage', { kind: 'status', status: 503 }],
    ['an error page', { kind: 'cloudflare_html' }],
    ['half an answer', { kind: 'truncated_json' }],
    ['dropped fields', { kind: 'drop_fields', fields: ['image', 'backup_ids'] }],
  ];
  for (const [name, effect] of troubles) {
    it(`never follow from ${name}`, async () => {
      ledger.digitalOcean.account.droplets.splice(0, 1);
      ledger.digitalOcean.faults.inject({ path: '/v2/droplets', effect });
      for (let n = 0; n < 3; n++) expect(await failed(ledger, 'sync.droplets')).to.contain('upstream-failed');
      expect(await droplet('one')).to.include({ missed_syncs: 0, status: 'active' });
    });
  }

  it('follow from an empty list only if a known resource is gone by id', async () => {
    const fault = ledger.digitalOcean.faults.inject({ path: '/v2/droplets', effect: { kind: 'empty_list' } });
    expect(await failed(ledger, 'sync.droplets')).to.contain('counts as none');
    fault.remove();
    ledger.digitalOcean.account.firewalls.splice(0, 1);
    expect(await completed(ledger, 'sync.firewalls')).to.deep.equal({ seen: 0, changed: 0, missed: 1 });
  });

  it('do not follow from an empty list when no known resource can be requested by id', async () => {
    ledger.digitalOcean.account.firewalls.splice(0, 1);
    ledger.digitalOcean.faults.inject({ path: '/v2/firewalls/*', effect: { kind: 'status', status: 403 } });
    expect(await failed(ledger, 'sync.firewalls')).to.contain('upstream-failed');
  });

  describe('and ties', () => {
    const tie = async () => {
      await ledger.api.post('deployments', { slug: 'shop', display_name: 'Shop', tenant_id: 'acme' });
      const [deployment] = (await ledger.api.get('deployments')).body.data;
      const { id } = await droplet('one');
      const { status, body } = await ledger.api.post(`deployments/${deployment.id}/resources`, {
        resource_id: id,
      });
      expect(status, JSON.stringify(body)).to.equal(201);
    };
    const vanishFor = async (ms: number) => {
      const gone = ledger.digitalOcean.account.droplets.splice(0, 1);
      for (let n = 0; n < 3; n++) await completed(ledger, 'sync.droplets');
      ledger.clock.advance(ms);
      ledger.digitalOcean.account.droplets.unshift(...gone);
      await completed(ledger, 'sync.droplets');
    };

    it('end when the resource was stale for over a day', async () => {
      await tie();
      await vanishFor(24 * hour);
      expect((await droplet('one')).deployment_id).to.equal(null);
      const { body } = await ledger.api.get(`inventory/${(await droplet('one')).id}`);
      expect(body.data.events.at(-1)).to.deep.include({
        type: 'ResourceUntied',
        effective_at: ledger.clock.now().slice(0, 10),
      });
    });

    it('outlast a shorter absence', async () => {
      await tie();
      await vanishFor(23 * hour);
      expect((await droplet('one')).deployment_id).to.be.a('string');
    });
  });

  it('are counted once when two sweeps run side by side', async () => {
    const { digitalOcean, clock } = ledger;
    const client = createDigitalOceanClient({
      baseUrl: digitalOcean.url,
      token: digitalOcean.token,
      clock: { now: () => Date.parse(clock.now()) },
      sleep: () => Promise.resolve(),
      random: () => 0.5,
    });
    const deps = {
      ...ledger.processDeps,
      digitalOcean: client,
      finance: null,
      tax: { name: 'GST', rate: '0.10' },
      logger: silentLogger,
    };
    digitalOcean.account.droplets.splice(0, 1);
    clock.advance(60_000);
    // Both have begun before either has read all.
    const listing = clock.now();
    let arrived = 0;
    const both = gate();
    const list: ListKind = async () => {
      if (++arrived === 2) both.open();
      await both.opened;
      clock.set(new Date(Date.parse(listing) + 1_000).toISOString());
      return client.listDroplets();
    };
    const job = (runId: string): ProcessRun => ({
      actor: admin,
      runId,
      meta: () => ledger.meta(),
      progress: () => undefined,
      queue: null,
    });
    const results = await Promise.all(
      ['a', 'b'].map((runId) => sweepKind('droplet', list, deps, job(runId))),
    );
    expect(results.map((result) => result.missed).sort()).to.deep.equal([0, 1]);
    expect(await droplet('one')).to.include({ missed_syncs: 1 });
  });
});

import { expect } from 'chai';
import {
  aBackup,
  aDomain,
  aDroplet,
  aFirewall,
  aFloatingIp,
  aLoadBalancer,
  aSnapshot,
  aVolume,
  emptyAccount,
  ignoredRetryAfter,
  type ApiObject,
  type FaultEffect,
} from '../../../simulators/digitalocean/index.ts';
import { pagesAsked } from '../../support/digitalocean/test-account.ts';
import type { TestLedger } from '../../support/ledger/test-ledger.ts';
import { expectMirrored, rowOf, suiteHasProvider } from '../../support/processes/provider-stage.ts';
import { completed, failed } from '../../support/processes/sync-run.ts';

const path = '/v2/droplets';
const count = 602;

describe('the mirror and a provider in trouble', () => {
  let ledger: TestLedger;
  suiteHasProvider(
    () => {
      const account = emptyAccount();
      for (let n = 0; n < count; n++) account.droplets.push(aDroplet());
      account.volumes.push(aVolume({ id: 'vol-1' }));
      account.firewalls.push(aFirewall({ id: 'fw-1' }));
      return { account, limits: { perMinute: 250, perHour: 5000 } };
    },
    async (started) => {
      ledger = started;
      const { account } = ledger.digitalOcean;
      for (const droplet of account.droplets.slice(0, 260))
        ledger.digitalOcean.addBackup(droplet.id, aBackup());
      for (const job of ['sync.droplets', 'sync.volumes', 'sync.firewalls']) await completed(ledger, job);
    },
  );

  const unchanged = async (what = '') => {
    expect(await completed(ledger, 'sync.droplets'), what).to.deep.equal({
      seen: count,
      changed: 0,
      missed: 0,
    });
  };
  /** The sweep fails and the mirror stays as it was. */
  const refused = async (effect: FaultEffect, page?: number) => {
    const fault = ledger.digitalOcean.faults.inject({
      path,
      effect,
      ...(page === undefined ? {} : { page }),
    });
    expect(await failed(ledger, 'sync.droplets'), effect.kind).to.contain('upstream-failed');
    fault.remove();
  };
  /** The sweep gets over what passes. */
  const survived = async (effect: FaultEffect, page?: number, times = 1) => {
    const where = page === undefined ? {} : { page };
    const fault = ledger.digitalOcean.faults.inject({ path, effect, times, ...where });
    await unchanged(JSON.stringify(effect));
    expect(fault.hits).to.equal(times);
    fault.remove();
  };
  const mostInAMinute = () => {
    const times = ledger.digitalOcean.requests.map((request) => request.at_ms);
    return Math.max(...times.map((at) => times.filter((other) => other > at - 60_000 && other <= at).length));
  };

  it('C1 the backups of 260 droplets within the windows, without a refusal', async () => {
    expect(await completed(ledger, 'sync.backups')).to.deep.equal({ seen: 260, changed: 260, missed: 0 });
    const { requests } = ledger.digitalOcean;
    expect(requests.length).to.be.at.least(260);
    expect(requests.filter(({ status }) => status === 429)).to.deep.equal([]);
    expect(mostInAMinute()).to.be.at.most(250);
  });

  it('C2 a 429 of the burst, of the hour, and with a reset in the past', async () => {
    for (const variant of ['burst', 'hourly', 'past_reset'] as const)
      await survived({ kind: 'rate_limited', variant }, 2);
    expect(ignoredRetryAfter(ledger.digitalOcean.requests)).to.deep.equal([]);
  });

  it('C3 a 429 in the middle: on at that page; one that does not end: no sweep', async () => {
    await survived({ kind: 'rate_limited', variant: 'burst' }, 2);
    const plain = ledger.digitalOcean.requests.filter((request) => request.query['type'] !== 'gpus');
    expect(pagesAsked(plain, path)).to.deep.equal([1, 2, 2, 3, 4]);
    await refused({ kind: 'rate_limited', variant: 'burst' }, 2);
    await expectMirrored(ledger, 'droplet');
  });

  it('C5 retry-after 0, no number, a date; a huge one fails at once and is not waited for', async () => {
    const date = new Date(ledger.digitalOcean.clock.now() + 3_000).toUTCString();
    for (const retryAfter of ['0', 'soon', date])
      await survived({ kind: 'rate_limited', variant: 'burst', retryAfter }, 2);
    const before = ledger.digitalOcean.requests.length;
    await refused({ kind: 'rate_limited', variant: 'burst', retryAfter: '3600' }, 2);
    const refusals = ledger.digitalOcean.requests.slice(before).filter(({ status }) => status === 429);
    expect(refusals).to.have.length(1);
  });

  it('D1 500, 502, 503 and 504, HTML of a proxy, no body: survived once, refused for good', async () => {
    const flaps: FaultEffect[] = [500, 502, 503, 504].map((status) => ({ kind: 'status', status }));
    flaps.push({ kind: 'cloudflare_html' }, { kind: 'empty_body', status: 500 });
    for (const [index, effect] of flaps.entries()) await survived(effect, 2, 1 + (index % 3));
    await refused({ kind: 'cloudflare_html' });
    await refused({ kind: 'empty_body', status: 404 });
    await expectMirrored(ledger, 'droplet');
  });

  it('D2 an answer that is lost, reset, cut short or never comes whole', async () => {
    for (const effect of [
      { kind: 'reset' },
      { kind: 'truncated_json' },
      { kind: 'stall_before_headers', ms: 20 },
      { kind: 'stall_mid_body', ms: 20 },
      { kind: 'cut_body', contentLength: true },
      { kind: 'cut_body', contentLength: false },
    ] as FaultEffect[])
      await survived(effect, 3);
    await refused({ kind: 'truncated_json' }, 3);
    await expectMirrored(ledger, 'droplet');
  });

  it('D3 a token revoked after page 3, at once, or without one scope stops deletion', async () => {
    const { account, faults } = ledger.digitalOcean;
    const gone = account.droplets.splice(0, 1);
    try {
      for (let sweep = 0; sweep < 3; sweep++) {
        await refused({ kind: 'status', status: 401 });
        await refused({ kind: 'status', status: 401 }, 4);
        await refused({ kind: 'status', status: 403 });
      }
      // One kind alone: the others are read.
      faults.inject({ path: '/v2/volumes', effect: { kind: 'status', status: 403 } });
      expect(await failed(ledger, 'sync.volumes')).to.contain('upstream-failed');
      expect(await completed(ledger, 'sync.firewalls')).to.deep.equal({ seen: 1, changed: 0, missed: 0 });
    } finally {
      account.droplets.unshift(...gone);
    }
    expect(await rowOf(ledger, 'vol-1')).to.include({ status: 'active', missed_syncs: 0 });
    await expectMirrored(ledger, 'droplet');
  });

  it('D4 an empty list of an account that is not empty', async () => {
    await refused({ kind: 'empty_list' });
    for (const kind of ['volumes', 'firewalls']) {
      ledger.digitalOcean.faults.inject({ path: `/v2/${kind}`, effect: { kind: 'empty_list' } });
      expect(await failed(ledger, `sync.${kind}`)).to.contain('counts as none');
    }
    await expectMirrored(ledger, 'droplet');
  });

  it('D5 unknown fields, values and regions, and null for an array', async () => {
    const rewrite = (body: ApiObject): ApiObject => ({
      ...body,
      brand_new: { nested: true },
      volumes: (body['volumes'] as ApiObject[]).map((volume) => ({
        ...volume,
        droplet_ids: null,
        tags: null,
        colour: 'blue',
        region: { slug: 'moon1', name: 'Moon 1' },
      })),
    });
    ledger.digitalOcean.faults.inject({ path: '/v2/volumes', effect: { kind: 'rewrite', rewrite } });
    expect(await completed(ledger, 'sync.volumes')).to.include({ seen: 1, missed: 0 });
    expect(await rowOf(ledger, 'vol-1')).to.include({ region: 'moon1', status: 'active' });
    ledger.digitalOcean.update('firewall', 'fw-1', { status: 'dreaming', droplet_ids: null, tags: null });
    await completed(ledger, 'sync.firewalls');
    expect(await rowOf(ledger, 'fw-1')).to.include({ status: 'dreaming', missed_syncs: 0 });
    // A list in another form is no empty list.
    const listless = (body: ApiObject): ApiObject => ({ ...body, droplets: 'none' });
    await refused({ kind: 'rewrite', rewrite: listless });
  });

  it('D5 null for each list of each kind, and fields, types and statuses that are new', async () => {
    const sim = ledger.digitalOcean;
    const { account } = sim;
    account.domains.push(aDomain());
    account.snapshots.push(aSnapshot());
    account.floating_ips.push(aFloatingIp());
    account.load_balancers.push(aLoadBalancer());
    const jobs = ['domains', 'volumes', 'snapshots', 'floating_ips', 'firewalls', 'load_balancers'];
    for (const job of jobs) await completed(ledger, `sync.${job}`);
    const odd = (item: ApiObject): ApiObject => ({
      ...Object.fromEntries(
        Object.entries(item).map(([name, value]) => [name, Array.isArray(value) ? null : value]),
      ),
      ...('status' in item ? { status: 'Meditating' } : {}),
      novelty: [{ deep: [null, 1.5] }],
    });
    for (const root of ['droplets', ...jobs]) {
      const rewrite = (body: ApiObject): ApiObject => ({
        ...body,
        [root]: (body[root] as ApiObject[]).map((item, place) => (place < 3 ? odd(item) : item)),
      });
      const fault = sim.faults.inject({ path: `/v2/${root}`, effect: { kind: 'rewrite', rewrite } });
      const result = await completed(ledger, `sync.${root}`);
      expect(result, root).to.include({ missed: 0, seen: (account[root as 'volumes'] as unknown[]).length });
      fault.remove();
      await completed(ledger, `sync.${root}`);
    }
    await expectMirrored(ledger, 'droplet');
    const row = await rowOf(ledger, account.droplets[0]?.id ?? 0);
    expect(row).to.include({ status: 'active', missed_syncs: 0 });
    expect(row.attrs.backup_ids, 'as before').to.have.length(1);
  });
});

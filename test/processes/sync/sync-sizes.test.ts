import { expect } from 'chai';
import { latestSizes } from '../../../projections/costs/size-queries.ts';
import { pagesAsked } from '../../support/digitalocean/test-account.ts';
import { startTestLedger, type TestLedger } from '../../support/ledger/test-ledger.ts';
import { completed, failed } from '../../support/processes/sync-run.ts';

describe('the mirror of sizes', () => {
  let ledger: TestLedger;
  before(async () => {
    ledger = await startTestLedger({ digitalOcean: {} });
  });
  after(async () => {
    await ledger.close();
  });
  const sizeOf = async (slug: string) => (await ledger.ledger.readLatest(latestSizes)).get(slug);

  it('records each size once, at exact prices, and nothing the second time', async () => {
    expect(await completed(ledger, 'sync.sizes')).to.include({ seen: 7, changed: 7, withdrawn: 0 });
    expect(await sizeOf('s-1vcpu-1gb')).to.include({
      monthly_cents: 600,
      hourly: '0.00893',
      currency: 'USD',
      disk_gb: 25,
      withdrawn_on: null,
    });
    expect(await completed(ledger, 'sync.sizes')).to.include({ seen: 7, changed: 0, withdrawn: 0 });
  });

  it('takes prices as text and with exponents, and records only what differs', async () => {
    ledger.digitalOcean.changeSize('s-1vcpu-1gb', { price_monthly: '7.00', price_hourly: '1.042e-2' });
    expect(await completed(ledger, 'sync.sizes')).to.include({ changed: 1 });
    expect(await sizeOf('s-1vcpu-1gb')).to.include({ monthly_cents: 700, hourly: '0.01042' });
  });

  it('stores nothing of a list with a price that is none', async () => {
    for (const price_monthly of [null, -1, '-6', 'six']) {
      ledger.digitalOcean.changeSize('s-1vcpu-1gb', { price_monthly: 9 });
      ledger.digitalOcean.changeSize('s-8vcpu-16gb', { price_monthly });
      await failed(ledger, 'sync.sizes');
      expect(await sizeOf('s-1vcpu-1gb')).to.include({ monthly_cents: 700 });
    }
    ledger.digitalOcean.changeSize('s-8vcpu-16gb', { price_monthly: 96 });
    expect(await completed(ledger, 'sync.sizes')).to.include({ changed: 1 });
  });

  it('withdraws what is no longer listed, and takes it back', async () => {
    ledger.digitalOcean.withdrawSize('s-2vcpu-2gb');
    expect(await completed(ledger, 'sync.sizes')).to.include({ seen: 6, withdrawn: 1 });
    expect((await sizeOf('s-2vcpu-2gb'))?.withdrawn_on).to.be.a('string');
    ledger.digitalOcean.relistSize('s-2vcpu-2gb');
    expect(await completed(ledger, 'sync.sizes')).to.include({ changed: 1, withdrawn: 0 });
    expect(await sizeOf('s-2vcpu-2gb')).to.include({ monthly_cents: 1800, withdrawn_on: null });
  });

  it('reads neither a refusal nor an empty list as withdrawal', async () => {
    const fault = ledger.digitalOcean.faults.inject({
      path: '/v2/sizes',
      effect: { kind: 'status', status: 403 },
    });
    await failed(ledger, 'sync.sizes');
    fault.remove();
    const { account } = ledger.digitalOcean;
    const sizes = account.sizes ?? [];
    account.sizes = [];
    await failed(ledger, 'sync.sizes');
    expect(await sizeOf('s-4vcpu-8gb')).to.include({ withdrawn_on: null });
    account.sizes = sizes;
  });

  it('records each size of several pages once, also where pages shift while they are read', async () => {
    const sim = ledger.digitalOcean;
    const template = sim.account.sizes?.[0];
    const sizes = Array.from({ length: 202 }, (_, number) => ({ ...template, slug: `s-${number}` }));
    sim.account.sizes = sizes.slice(1);
    expect(await completed(ledger, 'sync.sizes')).to.include({ seen: 201, changed: 201, withdrawn: 7 });
    // A size in front shifts the last one of the first page to the second.
    const then = (page: number, run: () => void) =>
      sim.faults.inject({ path: '/v2/sizes', page, times: 1, effect: { kind: 'then', run } });
    then(1, () => {
      sim.account.sizes = sizes;
    });
    expect(await completed(ledger, 'sync.sizes')).to.include({ seen: 202, changed: 1, withdrawn: 0 });
    // Without it the first of the second page shifts to the first, which has been read.
    then(1, () => {
      sim.account.sizes = sizes.slice(1);
    });
    expect(await completed(ledger, 'sync.sizes')).to.include({ seen: 201, changed: 0, withdrawn: 1 });
    expect(pagesAsked(sim.requests, '/v2/sizes').slice(-4)).to.deep.equal([1, 2, 1, 2]);
  });

  it('stores nothing of a list that names a size twice, since another may lack', async () => {
    const sim = ledger.digitalOcean;
    const sizes = sim.account.sizes ?? [];
    const last = sizes.at(-1)?.slug ?? '';
    sim.account.sizes = [...sizes.slice(0, -1), { ...sizes[0], slug: 's-1', price_monthly: 99 }];
    expect(await failed(ledger, 'sync.sizes')).to.contain('meta.total is 201, 200 came');
    expect(await sizeOf(last)).to.include({ withdrawn_on: null });
    expect(await sizeOf('s-1')).not.to.include({ monthly_cents: 9900 });
    sim.account.sizes = sizes;
    expect(await completed(ledger, 'sync.sizes')).to.include({ changed: 0, withdrawn: 0 });
  });
});

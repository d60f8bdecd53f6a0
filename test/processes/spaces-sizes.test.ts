import { expect } from 'chai';
import { aProject, emptyAccount } from '../../simulators/digitalocean/index.ts';
import type { SpacesFault } from '../../simulators/spaces/index.ts';
import { seedCatalog } from '../../src/processes/seed/seed-catalog.ts';
import { createSpacesClient, type SpacesClientOptions } from '../../src/spaces/client.ts';
import { startTestLedger, type TestLedger } from '../support/ledger/test-ledger.ts';
import { ok, type Json } from '../support/http/api.ts';
import { completed, failed, inventoryOf, run } from '../support/processes/sync-run.ts';

const project = aProject({ name: 'shop' });
const linkOf = (name: string, region: string) => ({
  links: { self: `https://${name}.${region}.digitaloceanspaces.com` },
});

describe('the sizes of buckets', () => {
  let ledger: TestLedger;

  before(async () => {
    ledger = await startTestLedger({
      now: '2026-03-31T00:10:00.000Z',
      digitalOcean: { account: { ...emptyAccount(), projects: [project] } },
      spaces: {},
    });
    await seedCatalog(ledger.ledger, () => ledger.meta());
    await ledger.settled();
    ledger.digitalOcean.assign('do:space:media', project.id, linkOf('media', 'syd1'));
    for (const name of ['logs', 'empty']) ledger.digitalOcean.assign(`do:space:${name}`, project.id);
    await completed(ledger, 'sync.projects');
    ledger.spaces.fill('media', 5_000, 40_000_000);
    ledger.spaces.put('logs', 'a', 1);
    ledger.spaces.createBucket('empty');
  });
  beforeEach(() => ledger.spaces.recover());
  after(async () => {
    await ledger.close();
  });

  const rowOf = async (name: string): Promise<Json> => {
    const row = (await inventoryOf(ledger, '&kind=spaces_bucket')).find((one) => one.name === name);
    return (await ok(ledger.api.get(`inventory/${row.id}`))).data;
  };
  const attrsOf = async (name: string): Promise<Json> => (await rowOf(name)).attrs;
  /** Another machine, with other limits or without keys. */
  const beside = async (spaces: Partial<SpacesClientOptions> | null): Promise<string> => {
    const { url: endpoint, key, secret } = ledger.spaces;
    const pauses = { sleep: async () => undefined, random: () => 0.5 };
    const client =
      spaces === null ? null : createSpacesClient({ endpoint, key, secret, ...pauses, ...spaces });
    const service = await ledger.openBeside({ spaces: client });
    const actor = { sub: 'job:spaces.sizes', tenant_id: null, roles: [] };
    const { status, error } = await service.jobs.run('spaces.sizes', {}, { actor });
    await service.close();
    expect(status).to.equal('failed');
    return error ?? '';
  };

  it('are not known without keys, and the job says so', async () => {
    expect(await beside(null)).to.equal('not-configured: no keys of Spaces are configured (SPACES_KEY)');
    expect(await attrsOf('media')).to.deep.equal({});
  });

  it('are recorded beside a bucket that fails, which is named', async () => {
    ledger.spaces.fail('access-denied', { bucket: 'logs' });
    const { status, error } = await run(ledger, 'spaces.sizes');
    expect({ status, error }).to.deep.equal({
      status: 'failed',
      error: 'upstream-failed: 1 of 3 buckets not measured: logs: 403 AccessDenied',
    });
    expect(await rowOf('media')).to.deep.include({
      region: 'syd1',
      attrs: { size_bytes: '200000000000', size_gigabytes: '200', objects: 5_000 },
    });
    expect(await attrsOf('empty')).to.deep.equal({ size_bytes: '0', size_gigabytes: '0', objects: 0 });
    expect(await attrsOf('logs')).to.deep.equal({});
    const ofMedia = ledger.spaces.requests.filter(({ bucket }) => bucket === 'media');
    expect(ofMedia.map(({ region, status: answer }) => [region, answer])).to.deep.equal(
      Array.from({ length: 5 }, () => ['syd1', 200]),
    );
  });

  it('are recorded once: the same sizes add no event, and a project walk keeps them', async () => {
    expect(await completed(ledger, 'spaces.sizes')).to.deep.equal({ seen: 3, changed: 1 });
    expect(await attrsOf('logs')).to.deep.equal({
      ...{ size_bytes: '1', size_gigabytes: '0.000000001', objects: 1 },
    });
    const events = await ledger.eventCount();
    expect(await completed(ledger, 'spaces.sizes')).to.deep.equal({ seen: 3, changed: 0 });
    expect(await ledger.eventCount()).to.equal(events);
    expect(await completed(ledger, 'sync.projects')).to.include({ seen: 3, changed: 0 });
    expect(await attrsOf('media')).to.include({ size_gigabytes: '200' });
  });

  const faults: [SpacesFault, string][] = [
    ['no-such-bucket', '404 NoSuchBucket'],
    ['redirect', '301 PermanentRedirect'],
    ['slow-down', '503 SlowDown'],
    ['reset', 'the connection failed'],
    ['truncated', 'the answer does not parse'],
    ['html', 'the answer is no list of objects'],
    ['same-token', 'page 2 of the objects is followed by an earlier one'],
    ['token-cycle', 'followed by an earlier one'],
    ['restart', 'page 2 of the objects begins like an earlier one'],
    ['no-token', 'has no token'],
    ['unsized', 'without a usable size'],
    ['negative', 'without a usable size'],
  ];
  for (const [fault, reason] of faults) {
    it(`stay as they were for a bucket whose answer is at fault (${fault})`, async () => {
      ledger.spaces.fail(fault, { bucket: 'media' });
      const error = await failed(ledger, 'spaces.sizes');
      expect(error).to.contain('1 of 3 buckets not measured: media: ').and.contain(reason);
      expect(await attrsOf('media')).to.include({ size_bytes: '200000000000', objects: 5_000 });
    });
  }

  it('are never partial: a page in the middle fails the bucket, pages without an end too', async () => {
    const { length } = ledger.spaces.requests.filter(({ bucket }) => bucket === 'media');
    ledger.spaces.fail('internal-error', { bucket: 'media', fromPage: length + 3 });
    expect(await failed(ledger, 'spaces.sizes')).to.contain('media: 500 InternalError');
    ledger.spaces.recover();
    ledger.spaces.fail('endless', { bucket: 'media' });
    const limits = { pagesPerBucket: 20, requestsPerRun: 100 };
    expect(await beside({ limits })).to.contain('media: the bucket has more than 20 pages of objects');
    expect(await attrsOf('media')).to.include({ size_bytes: '200000000000', objects: 5_000 });
  });

  it('stay as they were for a bucket that does not answer in time', async () => {
    ledger.spaces.fail('hang', { bucket: 'media' });
    expect(await beside({ timeoutMs: 50 })).to.contain('media: no complete answer within 50 ms');
    expect(await attrsOf('media')).to.include({ objects: 5_000 });
  });

  it('are left out beyond the requests of a run, by name', async () => {
    const before = ledger.spaces.requests.length;
    const error = await beside({ limits: { pagesPerBucket: 100, requestsPerRun: 4 } });
    expect(error).to.contain('media').and.contain('the run has used its 4 requests');
    expect(ledger.spaces.requests.length - before).to.equal(4);
  });

  it('name every bucket when the key is refused, and not the key', async () => {
    ledger.spaces.fail('echo');
    const error = await failed(ledger, 'spaces.sizes');
    expect(error).to.contain('3 of 3 buckets not measured: empty, logs, media: 403 AccessDenied');
    expect(error).to.not.contain(ledger.spaces.key).and.not.contain(ledger.spaces.secret);
  });

  it('are recorded while a project walk runs', async () => {
    ledger.spaces.put('logs', 'b', 1);
    ledger.digitalOcean.unassign('do:space:logs');
    ledger.digitalOcean.assign('do:space:logs', project.id, linkOf('logs', 'fra1'));
    await Promise.all([completed(ledger, 'spaces.sizes'), completed(ledger, 'sync.projects')]);
    expect(await rowOf('logs')).to.deep.include({
      region: 'fra1',
      attrs: { size_bytes: '2', size_gigabytes: '0.000000002', objects: 2 },
    });
  });

  it('are recorded once by two runs at the same time', async () => {
    ledger.spaces.put('logs', 'c', 1);
    const { url: endpoint, key, secret } = ledger.spaces;
    const pauses = { sleep: async () => undefined, random: () => 0.5 };
    const spaces = createSpacesClient({ endpoint, key, secret, ...pauses });
    const service = await ledger.openBeside({ spaces });
    const measured = async (): Promise<number> =>
      (await ok(ledger.api.get('events?type=BucketMeasured&limit=500'))).data.length;
    const before = await measured();
    const actor = { sub: 'job:spaces.sizes', tenant_id: null, roles: [] };
    const runs = await Promise.all([
      run(ledger, 'spaces.sizes'),
      service.jobs.run('spaces.sizes', {}, { actor }),
    ]);
    await service.close();
    expect(runs.map(({ status }) => status)).to.deep.equal(['completed', 'completed']);
    await ledger.settled();
    expect(await measured()).to.equal(before + 1);
  });

  it('are metered and invoiced: a month of 200 GB is 100 GB beyond the plan', async () => {
    const body = { tenant_id: 'acme', slug: 'shop', display_name: 'Shop' };
    const id = (await ok(ledger.api.post('deployments', body), 201)).data.id;
    const plan = { plan_code: 'studio', starts_on: '2026-04-01' };
    await ok(ledger.api.post(`deployments/${id}/subscribe`, plan), 201);
    const media = await rowOf('media');
    const tie = { resource_id: media.id, effective_from: '2026-03-31' };
    await ok(ledger.api.post(`deployments/${id}/resources`, tie), 201);
    ledger.clock.advance(Date.parse('2026-05-01T01:10:00Z') - Date.parse(ledger.clock.now()));
    for (let day = 1; day <= 30; day++)
      await ok(ledger.api.post('jobs/metering.day/run', { day: `2026-04-${String(day).padStart(2, '0')}` }));
    const usage = await ok(ledger.api.get(`usage?deployment_id=${id}&period=2026-04`));
    expect(usage.summary).to.deep.equal({ spaces_gb_month: '200' });
    expect(usage.unmetered).to.deep.equal([]);
    await ok(ledger.api.post('jobs/invoices.rollup/run', { period: '2026-04', force: true }));
    const [invoice] = (await ok(ledger.api.get('invoices?period=2026-04'))).data;
    const { lines } = (await ok(ledger.api.get(`invoices/${invoice.id}`))).data;
    expect(lines.find((line: Json) => line.resource_kind === 'spaces_gb_month')).to.include({
      amount_cents: 200,
    });
  });

  it('were what they were: as of an earlier time, and as known then', async () => {
    const media = await rowOf('media');
    const past = (query: string) => ok(ledger.api.get(`inventory/${media.id}?${query}`));
    expect((await past('known_at=2026-03-31T00:11:30Z')).data.attrs).to.deep.equal({});
    expect((await past('as_of=2026-04-15')).data.attrs).to.include({ size_gigabytes: '200' });
  });

  it('are of live buckets only, and come back with a bucket that was away for a moment', async () => {
    ledger.digitalOcean.unassign('do:space:media');
    for (let strike = 1; strike <= 3; strike++) await completed(ledger, 'sync.projects');
    expect(await rowOf('media')).to.include({ status: 'stale' });
    expect(await completed(ledger, 'spaces.sizes')).to.include({ seen: 2 });
    ledger.digitalOcean.assign('do:space:media', project.id);
    await completed(ledger, 'sync.projects');
    expect(await rowOf('media')).to.deep.include({
      attrs: { size_bytes: '200000000000', size_gigabytes: '200', objects: 5_000 },
    });
  });

  it('are not asked for one by one where nothing answers', async () => {
    for (let n = 1; n <= 8; n++) ledger.digitalOcean.assign(`do:space:more-${n}`, project.id);
    await completed(ledger, 'sync.projects');
    const error = await beside({ endpoint: 'http://127.0.0.1:1' });
    expect(error).to.contain('11 of 11 buckets not measured').and.contain('the connection failed');
    expect(error).to.contain(': not asked, as Spaces did not answer for others');
  });
});

import { expect } from 'chai';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  aDroplet,
  aGpuDroplet,
  aProject,
  type ApiObject,
  type Options,
} from '../../../simulators/digitalocean/index.ts';
import { pagesAsked } from '../../support/digitalocean/test-account.ts';
import type { TestLedger } from '../../support/ledger/test-ledger.ts';
import { expectMirrored, rowOf, suiteHasProvider } from '../../support/processes/provider-stage.ts';
import { completed, failed } from '../../support/processes/sync-run.ts';

const path = '/v2/droplets';
const totalled = (body: ApiObject, by: number): ApiObject => ({
  ...body,
  meta: { total: Number((body['meta'] as ApiObject)['total']) + by },
});

// The tests build on each other: the account grows in B6, so that 400 droplets are recorded once.
describe("the mirror and the provider's pages", () => {
  let ledger: TestLedger;
  let foreign: Server;
  let foreignUrl: string;
  let askedForeign = 0;
  suiteHasProvider(
    () => ({}),
    (started) => {
      ledger = started;
    },
  );
  before(async () => {
    foreign = createServer((_request, response) => {
      askedForeign += 1;
      response.end('{}');
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => foreign.once('listening', resolve));
    foreignUrl = `http://127.0.0.1:${(foreign.address() as AddressInfo).port}`;
  });
  after(() => {
    foreign.closeAllConnections();
    foreign.close();
  });
  afterEach(() => {
    Object.assign(ledger.digitalOcean.options, standard);
  });
  const standard: Partial<Options> = {
    overMaxPerPage: 'clamp',
    lastPageLinks: 'standard',
    projectLinks: 'first_and_last',
    linkBase: null,
    shuffleLinkQuery: false,
  };
  const unchanged = async (seen: number) => {
    expect(await completed(ledger, 'sync.droplets')).to.deep.equal({ seen, changed: 0, missed: 0 });
    await expectMirrored(ledger, 'droplet');
  };

  it('B6 exactly 0, 1, 200, 201 and 400 droplets, the last page full', async () => {
    const { account, requests } = ledger.digitalOcean;
    for (const [count, pages] of [
      [0, [1]],
      [1, [1]],
      [200, [1]],
      [201, [1, 2]],
      [400, [1, 2]],
    ] as const) {
      while (account.droplets.length < count) account.droplets.push(aDroplet());
      requests.length = 0;
      expect(await completed(ledger, 'sync.droplets')).to.include({ seen: count, missed: 0 });
      const asked = requests.filter((request) => request.query['type'] !== 'gpus');
      expect(pagesAsked(asked, path), String(count)).to.deep.equal(pages);
    }
    await expectMirrored(ledger, 'droplet');
  });

  it('B1 asks for 200 a page everywhere, which no server refuses', async () => {
    ledger.digitalOcean.options.overMaxPerPage = 'reject';
    const project = ledger.digitalOcean.create('project', aProject());
    for (const droplet of ledger.digitalOcean.account.droplets.slice(0, 30))
      ledger.digitalOcean.assign(`do:droplet:${droplet.id}`, project.id);
    await unchanged(400);
    await completed(ledger, 'sync.projects');
    const paged = ledger.digitalOcean.requests.filter((request) => request.query['page'] !== undefined);
    expect(new Set(paged.map((request) => request.query['per_page']))).to.deep.equal(new Set(['200']));
    expect(new Set(paged.map((request) => request.status))).to.deep.equal(new Set([200]));
    // 30 resources are more than the 25 of the default page.
    expect(await rowOf(ledger, ledger.digitalOcean.account.droplets[29]?.id ?? 0)).to.include({
      cloud_project_id: project.id,
    });
  });

  it('B2 links that are missing, null or empty end a list and lose nothing', async () => {
    for (const links of ['missing', 'pages_empty', 'pages_null', 'next_empty'] as const) {
      ledger.digitalOcean.options.lastPageLinks = links;
      await unchanged(400);
    }
    for (const links of ['first_and_last', 'first_and_last_bare', 'empty'] as const) {
      ledger.digitalOcean.options.projectLinks = links;
      expect(await completed(ledger, 'sync.projects'), links).to.include({ changed: 0, missed: 0 });
    }
  });

  it('B3 links whose query is shuffled, with the filter kept on each page', async () => {
    const { options, account, requests } = ledger.digitalOcean;
    options.shuffleLinkQuery = true;
    account.droplets.push(...Array.from({ length: 201 }, () => aGpuDroplet()));
    expect(await completed(ledger, 'sync.droplets')).to.deep.equal({ seen: 601, changed: 201, missed: 0 });
    expect(pagesAsked(requests, path, { type: 'gpus' })).to.deep.equal([1, 2]);
    await unchanged(601);
    account.droplets.splice(400);
    for (let sweep = 0; sweep < 3; sweep++) await completed(ledger, 'sync.droplets');
  });

  it('B4 a total that moves between pages: read again; one that never comes true: no sweep', async () => {
    const { faults, requests } = ledger.digitalOcean;
    const rewrite = (body: ApiObject) => totalled(body, 1);
    faults.inject({ path, page: 2, times: 1, effect: { kind: 'rewrite', rewrite } });
    await unchanged(400);
    // The second page that promised more is followed past the end, to an empty page.
    expect(pagesAsked(requests, path).filter((page) => page === 3)).to.deep.equal([3]);
    faults.inject({ path, effect: { kind: 'rewrite', rewrite } });
    expect(await failed(ledger, 'sync.droplets')).to.contain('upstream-failed');
    await expectMirrored(ledger, 'droplet');
  });

  it('B5 items that go and come between pages: none struck that lives, none twice', async () => {
    const sim = ledger.digitalOcean;
    const after1 = (run: () => void) =>
      sim.faults.inject({ path, page: 1, times: 1, effect: { kind: 'then', run } });
    const [first, second] = sim.account.droplets;
    after1(() => sim.remove('droplet', first?.id ?? 0));
    expect(await completed(ledger, 'sync.droplets')).to.deep.equal({ seen: 399, changed: 0, missed: 1 });
    after1(() => sim.create('droplet', aDroplet({ name: 'in front' }), { atFront: true }));
    expect(await completed(ledger, 'sync.droplets')).to.include({ seen: 400, changed: 1 });
    // One goes and one comes: the total hides it, one that lives may be struck once and is never stale.
    after1(() => {
      sim.remove('droplet', second?.id ?? 0);
      sim.create('droplet', aDroplet({ name: 'behind' }));
    });
    await completed(ledger, 'sync.droplets');
    const { body } = await ledger.api.get('inventory?kind=droplet&status=stale&limit=500');
    const living = new Set(sim.account.droplets.map(({ id }) => String(id)));
    expect(body.data.filter((row: { provider_id: string }) => living.has(row.provider_id))).to.deep.equal([]);
    for (let sweep = 0; sweep < 3; sweep++) await completed(ledger, 'sync.droplets');
    await expectMirrored(ledger, 'droplet');
  });

  it('B7 links and redirects to another host: not followed, and no token sent there', async () => {
    const sim = ledger.digitalOcean;
    sim.options.linkBase = foreignUrl;
    await unchanged(400);
    await completed(ledger, 'sync.projects');
    for (const status of [301, 302, 307, 308]) {
      sim.faults.inject({
        path,
        page: 2,
        times: 1,
        effect: { kind: 'status', status, headers: { location: `${foreignUrl}/v2/droplets?page=2` } },
      });
      expect(await failed(ledger, 'sync.droplets'), String(status)).to.contain('upstream-failed');
    }
    expect(askedForeign).to.equal(0);
    await unchanged(400);
  });
});

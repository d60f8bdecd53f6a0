import { expect } from 'chai';
import {
  aDomain,
  aDroplet,
  aGpuDroplet,
  aProject,
  aSnapshot,
  emptyAccount,
  type Account,
  type Options,
} from '../../simulators/digitalocean/index.ts';
import {
  errorOf,
  pagesAsked,
  startTestAccount,
  type TestAccount,
} from '../support/digitalocean/test-account.ts';

const accountWithDomains = (count: number): Account => ({
  ...emptyAccount(),
  domains: Array.from({ length: count }, (_, index) => aDomain({ name: `zone-${String(index)}.example` })),
});

const names = (resources: readonly { name: string }[]): string[] => resources.map(({ name }) => name);

describe('DigitalOcean listings: pages', () => {
  let test: TestAccount;
  afterEach(() => test.simulator.close());

  const sizes: readonly (readonly [count: number, requests: number])[] = [
    [0, 1],
    [1, 1],
    [200, 1],
    [201, 2],
    [400, 2],
    [401, 3],
  ];
  for (const [count, requests] of sizes) {
    const inRequests = `${String(requests)} request${requests === 1 ? '' : 's'}`;
    it(`reads ${String(count)} items in ${inRequests} of 200`, async () => {
      test = await startTestAccount({ account: accountWithDomains(count) });
      const domains = await test.client.listDomains();
      expect(new Set(names(domains)).size).to.equal(count);
      expect(domains).to.have.length(count);
      expect(test.simulator.requests).to.have.length(requests);
      expect(test.simulator.requests.every(({ query }) => query['per_page'] === '200')).to.equal(true);
    });
  }

  const variants: readonly Options['lastPageLinks'][] = [
    'standard',
    'missing',
    'pages_empty',
    'pages_null',
    'next_empty',
  ];
  for (const lastPageLinks of variants) {
    it(`knows the last page by links of the form "${lastPageLinks}"`, async () => {
      test = await startTestAccount({
        account: accountWithDomains(201),
        options: { lastPageLinks, shuffleLinkQuery: true },
      });
      expect(await test.client.listDomains()).to.have.length(201);
      expect(pagesAsked(test.simulator.requests, '/v2/domains')).to.deep.equal([1, 2]);
    });
  }

  for (const projectLinks of ['first_and_last', 'first_and_last_bare', 'empty'] as const) {
    it(`reads projects whose single page has links of the form "${projectLinks}"`, async () => {
      test = await startTestAccount({ options: { projectLinks } });
      const projects = await test.client.listProjects();
      expect(names(projects).sort()).to.deep.equal(['internal', 'pilot']);
      expect(test.simulator.requests).to.have.length(1);
    });
  }

  it('asks for 200 project resources a page, not the default 25', async () => {
    const project = aProject();
    const account: Account = { ...emptyAccount(), projects: [project] };
    test = await startTestAccount({ account });
    for (let number = 1; number <= 250; number += 1)
      test.simulator.assign(`do:droplet:${String(number)}`, project.id);
    expect(await test.client.listProjectResources(project.id)).to.have.length(250);
    expect(test.simulator.requests).to.have.length(2);
  });

  it('does not follow links to another host, nor send the token there', async () => {
    const other = await startTestAccount({ account: accountWithDomains(3) });
    try {
      test = await startTestAccount({
        account: accountWithDomains(401),
        options: { linkBase: other.simulator.url },
      });
      expect(await test.client.listDomains()).to.have.length(401);
      expect(other.simulator.requests).to.deep.equal([]);
    } finally {
      await other.simulator.close();
    }
  });

  it('follows no redirect', async () => {
    const other = await startTestAccount();
    try {
      test = await startTestAccount();
      test.simulator.faults.inject({
        effect: { kind: 'status', status: 302, headers: { location: `${other.simulator.url}/v2/domains` } },
      });
      expect((await errorOf(test.client.listDomains())).code).to.equal('malformed');
      expect(other.simulator.requests).to.deep.equal([]);
    } finally {
      await other.simulator.close();
    }
  });

  it('reads the list again when an item of page 1 is removed: no other one is missing', async () => {
    test = await startTestAccount({ account: accountWithDomains(401) });
    test.simulator.faults.inject({
      page: 1,
      times: 1,
      effect: { kind: 'then', run: () => test.simulator.remove('domain', 'zone-0.example') },
    });
    const found = names(await test.client.listDomains());
    expect(found).to.include('zone-200.example');
    expect(found).to.have.members(names(test.simulator.account.domains));
    expect(pagesAsked(test.simulator.requests, '/v2/domains')).to.deep.equal([1, 2, 1, 2]);
  });

  it('reads the list again when an item is added in front: none is listed twice', async () => {
    test = await startTestAccount({ account: accountWithDomains(400) });
    test.simulator.faults.inject({
      page: 1,
      times: 1,
      effect: {
        kind: 'then',
        run: () => void test.simulator.create('domain', aDomain({ name: 'new.example' }), { atFront: true }),
      },
    });
    const found = names(await test.client.listDomains());
    expect(new Set(found).size).to.equal(found.length);
    expect(found).to.have.members(names(test.simulator.account.domains));
  });

  it('notices a duplicate that the total hides: one item added in front, the last one removed', async () => {
    test = await startTestAccount({ account: accountWithDomains(400) });
    const swap = (): void => {
      test.simulator.create('domain', aDomain({ name: 'new.example' }), { atFront: true });
      test.simulator.remove('domain', 'zone-399.example');
    };
    test.simulator.faults.inject({ page: 1, times: 1, effect: { kind: 'then', run: swap } });
    const found = names(await test.client.listDomains());
    expect(found).to.have.length(400);
    expect(found).to.have.members(names(test.simulator.account.domains));
  });

  it('reads on where the total promises more than the links do', async () => {
    test = await startTestAccount({ account: accountWithDomains(401) });
    test.simulator.faults.inject({
      effect: { kind: 'rewrite', rewrite: (body) => ({ ...body, links: {} }) },
    });
    expect(await test.client.listDomains()).to.have.length(401);
  });

  it('refuses a list that keeps changing, rather than return a part of it', async () => {
    test = await startTestAccount({ account: accountWithDomains(401) });
    const removeOne = (): void =>
      test.simulator.remove('domain', test.simulator.account.domains[0]?.name ?? '');
    test.simulator.faults.inject({ page: 1, effect: { kind: 'then', run: removeOne } });
    const error = await errorOf(test.client.listDomains());
    expect(error.code).to.equal('unavailable');
    expect(error.message).to.match(/\/v2\/domains.*kept changing/);
    expect(pagesAsked(test.simulator.requests, '/v2/domains').filter((page) => page === 1)).to.have.length(3);
  });

  it('refuses a list that gives fewer items than its total says', async () => {
    test = await startTestAccount({ account: accountWithDomains(3) });
    test.simulator.faults.inject({
      effect: { kind: 'rewrite', rewrite: (body) => ({ ...body, meta: { total: 4 } }) },
    });
    expect((await errorOf(test.client.listDomains())).code).to.equal('unavailable');
  });

  it('ends an endless chain of next pages', async () => {
    test = await startTestAccount({ account: accountWithDomains(3) });
    const next = 'https://api.digitalocean.com/v2/domains?page=2';
    const grow = (serial: number) => ({
      domains: [{ name: `zone-${String(serial)}.example`, ttl: 1800 }],
      links: { pages: { next } },
      meta: { total: 3 },
    });
    let serial = 0;
    test.simulator.faults.inject({ effect: { kind: 'rewrite', rewrite: () => grow((serial += 1)) } });
    expect((await errorOf(test.client.listDomains())).code).to.equal('malformed');
    expect(test.simulator.requests.length).to.be.below(20);
  });

  it('refuses an answer without its list', async () => {
    test = await startTestAccount();
    test.simulator.faults.inject({
      effect: { kind: 'rewrite', rewrite: () => ({ links: {}, meta: { total: 0 } }) },
    });
    const error = await errorOf(test.client.listDomains());
    expect(error.code).to.equal('malformed');
    expect(error.message).to.contain('domains');
  });

  it('reads GPU droplets in a pass of their own', async () => {
    test = await startTestAccount();
    const gpu = test.simulator.create('droplet', aGpuDroplet({ name: 'h100' }));
    const droplets = await test.client.listDroplets();
    expect(droplets).to.have.length(6);
    expect(droplets.find(({ provider_id }) => provider_id === String(gpu.id))).to.include({
      name: 'h100',
      size_slug: 'gpu-h100x1-80gb',
    });
    expect(test.simulator.requests.map(({ query }) => query['type'])).to.deep.equal([undefined, 'gpus']);
  });

  it('counts a droplet once where both passes show it', async () => {
    test = await startTestAccount();
    test.simulator.faults.inject({
      query: { type: 'gpus' },
      effect: {
        kind: 'rewrite',
        rewrite: () => ({ droplets: test.simulator.account.droplets, links: {}, meta: { total: 5 } }),
      },
    });
    expect(await test.client.listDroplets()).to.have.length(5);
  });

  it('distinguishes snapshots of droplets and of volumes in one listing', async () => {
    test = await startTestAccount({
      account: {
        ...emptyAccount(),
        snapshots: [aSnapshot(), aSnapshot({ resource_type: 'volume', id: 'c0ffee', tags: null })],
      },
    });
    const snapshots = await test.client.listSnapshots();
    expect(snapshots.map(({ kind, attrs }) => [kind, attrs['resource_type'], attrs['tags']])).to.deep.equal([
      ['snapshot', 'droplet', []],
      ['snapshot', 'volume', []],
    ]);
  });

  it('reads 10,000 droplets in 51 requests', async () => {
    const droplets = Array.from({ length: 10_000 }, () => aDroplet());
    test = await startTestAccount({ account: { ...emptyAccount(), droplets } });
    expect(await test.client.listDroplets()).to.have.length(10_000);
    expect(test.simulator.requests).to.have.length(51);
  });
});

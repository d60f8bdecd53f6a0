import { expect } from 'chai';
import { aBackup, aSnapshot } from '../../../simulators/digitalocean/index.ts';
import { ok, problem } from '../../support/http/api.ts';
import type { Json } from '../../support/http/api.ts';
import { startTestLedger } from '../../support/ledger/test-ledger.ts';
import type { TestLedger } from '../../support/ledger/test-ledger.ts';
import { completed, inventoryOf, syncAll } from '../../support/processes/sync-run.ts';

const pilot = 'bb448431-2ecb-509a-ae71-474f45fcf3eb';
const internal = 'ced7901a-8873-52cc-ac4c-2f64b396bdad';
const droplet = 401000001;
const dayInMs = 86_400_000;

describe('ties by rule', () => {
  let ledger: TestLedger;
  let shop: string;
  let blog: string;
  before(async () => {
    ledger = await startTestLedger({ digitalOcean: {}, now: '2026-05-09T15:05:00.000Z' });
    ledger.digitalOcean.addBackup(droplet, aBackup({ id: 901 }));
    await syncAll(ledger);
    const created = async (slug: string, tenant_id: string): Promise<string> =>
      (await ok(ledger.api.post('deployments', { slug, display_name: slug, tenant_id }), 201)).data.id;
    shop = await created('shop', 'acme');
    blog = await created('blog', 'globex');
  });
  after(() => ledger.close());

  const byProvider = async (id: string): Promise<Json> =>
    (await inventoryOf(ledger)).find((row) => row.provider_id === id);
  const shown = async (id: string): Promise<Json> => {
    const { id: ours } = await byProvider(id);
    return (await ok(ledger.api.get(`inventory/${ours}`))).data;
  };
  const deploys = (deployment_id: string) => ledger.api.post(`projects/${pilot}/deploys`, { deployment_id });

  it('refuse a project or deployment that is not there', async () => {
    await problem(ledger.api.post('projects/nowhere/deploys', { deployment_id: shop }), 404);
    await problem(deploys('nowhere'), 422, 'deployment_id');
    await problem(ledger.api.delete('projects/nowhere/deploys'), 404);
  });

  it('tie what the project has, and the backups of that', async () => {
    const { data } = await ok(deploys(shop));
    expect(data).to.include({ id: pilot, deploys: shop });
    expect((await shown(String(droplet))).tie).to.deep.equal({
      deployment_id: shop,
      tenant_id: 'acme',
      effective_from: '2026-05-09',
      effective_to: null,
      rule: { by: 'project', project_id: pilot },
    });
    const { id } = await byProvider(String(droplet));
    expect((await shown('901')).tie).to.deep.include({
      deployment_id: shop,
      rule: { by: 'source', resource_id: id },
    });
    expect((await shown('901')).rule).to.deep.equal({ by: 'source', resource_id: id, deployment_id: shop });
    const before = await ledger.eventCount();
    expect((await ok(deploys(shop))).data.changed).to.equal(0);
    expect(await ledger.eventCount()).to.equal(before);
  });

  it('tie new snapshots by their sync, and leave a tie by hand', async () => {
    ledger.clock.advance(dayInMs);
    ledger.digitalOcean.create(
      'snapshot',
      aSnapshot({ id: 'snap-9', resource_id: String(droplet), resource_type: 'droplet' }),
    );
    await completed(ledger, 'sync.snapshots');
    expect((await shown('snap-9')).tie).to.include({ deployment_id: shop, effective_from: '2026-05-10' });
    const { id } = await byProvider(String(droplet));
    await ok(ledger.api.delete(`deployments/${shop}/resources/${id}`));
    expect((await shown('snap-9')).tie, 'untied with its droplet').to.equal(null);
    await completed(ledger, 'sync.projects');
    expect((await shown(String(droplet))).tie, 'untied by hand').to.equal(null);
    await ok(ledger.api.post(`deployments/${blog}/resources`, { resource_id: id }), 201);
    expect((await shown('snap-9')).tie).to.include({ deployment_id: blog });
    const { tie, rule } = await shown(String(droplet));
    expect(tie).to.include({ deployment_id: blog, rule: null });
    expect(rule).to.deep.equal({ by: 'project', project_id: pilot, deployment_id: shop });
    await completed(ledger, 'sync.projects');
    expect((await shown(String(droplet))).tie).to.include({ deployment_id: blog });
  });

  it('untie what leaves the project on that day, and not while two projects name it', async () => {
    ledger.clock.advance(dayInMs);
    ledger.digitalOcean.move('do:droplet:401000002', internal, { overlapMs: 600_000 });
    await completed(ledger, 'sync.projects');
    expect((await shown('401000002')).tie).to.include({ deployment_id: shop });
    ledger.digitalOcean.clock.advance(600_000);
    await completed(ledger, 'sync.projects');
    const { tie, ties, events } = await shown('401000002');
    expect(tie).to.equal(null);
    expect(ties).to.have.length(1);
    expect(ties[0]).to.include({ effective_to: '2026-05-11' });
    expect(events.at(-1)).to.deep.nested.include({ type: 'ResourceUntied', 'data.reason': 'left-project' });
  });

  it('move with another deployment, and end with the rule', async () => {
    await ok(deploys(blog));
    expect((await shown('401000003')).tie).to.include({ deployment_id: blog, effective_from: '2026-05-11' });
    expect((await ok(ledger.api.get('projects'))).data).to.deep.include.members([
      { ...(await ok(ledger.api.get('projects'))).data.find((row: Json) => row.id === pilot), deploys: blog },
    ]);
    await ok(ledger.api.delete(`projects/${pilot}/deploys`));
    expect((await shown('401000003')).tie).to.equal(null);
    const before = await ledger.eventCount();
    await ok(ledger.api.delete(`projects/${pilot}/deploys`));
    await completed(ledger, 'sync.projects');
    expect(await ledger.eventCount()).to.equal(before + 1);
  });
});

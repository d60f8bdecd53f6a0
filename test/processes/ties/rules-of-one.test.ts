import { expect } from 'chai';
import {
  aBackup,
  aDroplet,
  aProject,
  aSnapshot,
  emptyAccount,
} from '../../../simulators/digitalocean/index.ts';
import type { Db } from '../../../src/database/db.ts';
import type { Ledger } from '../../../src/ledger/ledger.ts';
import type { RuleScope } from '../../../projections/inventory/rule-queries.ts';
import { commands } from '../../../src/processes/commands.ts';
import { runTieRules } from '../../../src/processes/ties/run-tie-rules.ts';
import { ok } from '../../support/http/api.ts';
import { startTestLedger, type TestLedger } from '../../support/ledger/test-ledger.ts';
import { completed, inventoryOf, syncAll } from '../../support/processes/sync-run.ts';

interface Tally {
  commands: number;
  statements: number;
  rows: number;
}

/** The same database, whose statements and rows are counted. */
function counting(db: Db, tally: Tally): Db {
  return new Proxy(db, {
    apply(target, self, args: unknown[]) {
      const made = Reflect.apply(target as (...all: unknown[]) => unknown, self, args) as object;
      // Only a query that is awaited is a statement; others are parts of one.
      const then = (made as Partial<PromiseLike<readonly unknown[]>>).then?.bind(made);
      if (then === undefined) return made;
      return Object.assign(made, {
        then: (done?: (rows: readonly unknown[]) => unknown, failed?: (error: unknown) => unknown) => {
          tally.statements += 1;
          return then((rows) => {
            tally.rows += rows.length;
            return done === undefined ? rows : done(rows);
          }, failed);
        },
      });
    },
  });
}

describe('the rules of one resource or project', () => {
  let ledger: TestLedger;
  let shop: string;
  const project = aProject({ name: 'customers' });
  const other = aProject({ name: 'others' });
  const droplets = Array.from({ length: 12 }, (_, n) => aDroplet({ name: `web-${n}` }));
  before(async () => {
    ledger = await startTestLedger({ digitalOcean: { account: { ...emptyAccount(), droplets } } });
    const { digitalOcean } = ledger;
    for (const one of [project, other]) digitalOcean.create('project', one);
    droplets.forEach(({ id }, n) => {
      digitalOcean.addBackup(id, aBackup({ id: 9000 + n }));
      digitalOcean.assign(`do:droplet:${id}`, String(n < 2 ? project.id : other.id));
    });
    const ofFirst = { resource_id: String(droplets[0]?.id), resource_type: 'droplet' } as const;
    digitalOcean.create('snapshot', aSnapshot({ id: 'snap-1', ...ofFirst }));
    await syncAll(ledger);
    const given = { slug: 'shop', display_name: 'Shop', tenant_id: 'acme' };
    shop = (await ok(ledger.api.post('deployments', given), 201)).data.id;
  });
  after(() => ledger.close());

  const idsOf = async (): Promise<Map<string, string>> =>
    new Map((await inventoryOf(ledger)).map((row) => [String(row.provider_id), String(row.id)]));
  const run = { meta: () => ledger.meta() };
  /** Runs the rules, and counts what they read and write. */
  const counted = async (scope: RuleScope): Promise<Tally> => {
    const tally = { commands: 0, statements: 0, rows: 0 };
    const watched: Ledger = Object.assign(Object.create(ledger.ledger) as Ledger, {
      readLatest: (query: Parameters<Ledger['readLatest']>[0]) =>
        ledger.ledger.readLatest((db, position) => query(counting(db, tally), position)),
      execute: (...args: Parameters<Ledger['execute']>) => {
        tally.commands += 1;
        return ledger.ledger.execute(...args);
      },
    });
    await runTieRules(watched, run, scope);
    return tally;
  };

  it('read no more when more resources are tied', async () => {
    const ids = await idsOf();
    const tie = async (n: number) => {
      const resource_id = ids.get(String(droplets[n]?.id)) ?? '';
      await ledger.ledger.execute(commands.tieResource, { resource_id, deployment_id: shop }, ledger.meta());
      return counted({ resource_id });
    };
    const first = await tie(1);
    // The droplet and its backup, two ties with the new one, one deployment: nothing of others.
    expect(first).to.include({ commands: 1 });
    for (let n = 2; n < droplets.length; n += 1) expect(await tie(n), `tie ${n}`).to.deep.equal(first);
    const resource_id = ids.get(String(droplets[5]?.id)) ?? '';
    expect(await counted({ resource_id }), 'again').to.include({ commands: 0 });
    const backup = ids.get('9005') ?? '';
    expect((await ok(ledger.api.get(`inventory/${backup}`))).data.tie.rule).to.deep.equal({
      by: 'source',
      resource_id,
    });
  });

  it('tie what is in the project and was taken of it, and nothing else', async () => {
    const before = await counted({ project_id: String(project.id) });
    expect(before.commands).to.equal(0);
    const rule = { project_id: String(project.id), deployment_id: shop };
    await ledger.ledger.execute(commands.setProjectRule, rule, ledger.meta());
    const { commands: made } = await counted({ project_id: String(project.id) });
    // The first droplet, its backup and its snapshot: the second was tied by hand.
    expect(made).to.equal(3);
    expect(await counted({ project_id: String(other.id) })).to.include({ commands: 0 });
    const all = await ledger.eventCount();
    expect(await runTieRules(ledger.ledger, run)).to.equal(0);
    expect(await ledger.eventCount()).to.equal(all);
  });

  it('end what the rule tied, and leave what is tied by hand', async () => {
    await ok(ledger.api.delete(`projects/${project.id}/deploys`));
    const ids = await idsOf();
    for (const id of [String(droplets[0]?.id), '9000', 'snap-1'])
      expect((await ok(ledger.api.get(`inventory/${ids.get(id)}`))).data.tie, id).to.equal(null);
    expect((await ok(ledger.api.get(`inventory/${ids.get('9001')}`))).data.tie).to.not.equal(null);
  });

  it('keep what is left of a droplet that is gone, and take what is found of it later', async () => {
    const { id } = droplets[4] as (typeof droplets)[number];
    ledger.digitalOcean.remove('droplet', id);
    for (let sweep = 0; sweep < 3; sweep += 1) await completed(ledger, 'sync.droplets');
    const late = aSnapshot({ id: 'snap-late', resource_id: String(id), resource_type: 'droplet' });
    ledger.digitalOcean.create('snapshot', late);
    await completed(ledger, 'sync.snapshots');
    const ids = await idsOf();
    const resource_id = ids.get(String(id)) ?? '';
    for (const follower of ['9004', 'snap-late']) {
      const { tie, rule } = (await ok(ledger.api.get(`inventory/${ids.get(follower)}`))).data;
      expect(tie, follower).to.deep.include({ deployment_id: shop, rule: { by: 'source', resource_id } });
      expect(rule).to.deep.equal({ by: 'source', resource_id, deployment_id: shop });
    }
    await ok(ledger.api.delete(`deployments/${shop}/resources/${ids.get('snap-late')}`));
    expect(await runTieRules(ledger.ledger, run), 'untied by hand').to.equal(0);
    await ok(ledger.api.delete(`deployments/${shop}/resources/${resource_id}`));
    expect((await ok(ledger.api.get(`inventory/${ids.get('9004')}`))).data.tie).to.equal(null);
    await ok(ledger.api.post(`deployments/${shop}/resources`, { resource_id }), 201);
    const again = (await ok(ledger.api.get(`inventory/${ids.get('snap-late')}`))).data;
    expect(again.tie, 'its droplet is tied anew').to.include({ deployment_id: shop });
  });
});

import { expect } from 'chai';
import fc from 'fast-check';
import { ruledTies, type RuledTieRow } from '../../projections/inventory/rule-queries.ts';
import { outdatedDays } from '../../projections/usage/tie-queries.ts';
import {
  aBackup,
  aDroplet,
  aProject,
  aSnapshot,
  aVolume,
  emptyAccount,
} from '../../simulators/digitalocean/index.ts';
import { addDays } from '../../src/pricing/calendar.ts';
import { commands } from '../../src/processes/commands.ts';
import { runTieRules } from '../../src/processes/ties/run-tie-rules.ts';
import { ok } from '../support/http/api.ts';
import { startTestLedger, type TestLedger } from '../support/ledger/test-ledger.ts';
import { completed, inventoryOf, syncAll } from '../support/processes/sync-run.ts';
import { runs } from '../support/property/runs.ts';
import { expectRowsOfJournal } from './rows.ts';

const which = fc.nat(9);
const act = fc.oneof(
  fc.record({ type: fc.constant('move' as const), resource: which, project: which }),
  fc.record({ type: fc.constant('tie' as const), resource: which, deployment: which, back: fc.nat(3) }),
  fc.record({ type: fc.constant('cut' as const), resource: which, deployment: which, back: fc.nat(3) }),
  fc.record({ type: fc.constant('untie' as const), resource: which, back: fc.integer({ min: -1, max: 2 }) }),
  fc.record({ type: fc.constant('rule' as const), project: which, deployment: which }),
  fc.record({ type: fc.constant('end' as const), project: which }),
  fc.record({ type: fc.constant('day' as const) }),
  fc.record({ type: fc.constant('take' as const), resource: which }),
);
type Act = typeof act extends fc.Arbitrary<infer One> ? One : never;

describe('ties by rule and by hand, over any days', () => {
  let ledger: TestLedger;
  let deployments: string[];
  /** The resources, as many as the account began with and the acts added. */
  let ids: string[];
  /** The deployment that a hand tied each to, for as long as no hand untied it. */
  const byHand = new Map<string, string>();
  const droplets = [aDroplet({ name: 'a' }), aDroplet({ name: 'b' })];
  const volumes = [aVolume({ name: 'disk' })];
  const projects = [aProject({ name: 'one' }), aProject({ name: 'two' }), aProject({ name: 'three' })];
  const urns = [
    ...droplets.map(({ id }) => `do:droplet:${id}`),
    ...volumes.map(({ id }) => `do:volume:${id}`),
  ];
  let taken = 0;

  before(async () => {
    const account = { ...emptyAccount(), droplets, volumes, projects };
    ledger = await startTestLedger({
      digitalOcean: { account, limits: { perMinute: 1_000_000, perHour: 1_000_000 } },
      now: '2026-05-04T01:00:00.000Z',
    });
    const { digitalOcean, api } = ledger;
    for (const [n, urn] of urns.entries()) digitalOcean.assign(urn, String(projects[n % 2]?.id));
    for (const { id } of droplets) digitalOcean.addBackup(id, aBackup());
    digitalOcean.create(
      'snapshot',
      aSnapshot({ resource_id: String(volumes[0]?.id), resource_type: 'volume' }),
    );
    await syncAll(ledger);
    ids = (await inventoryOf(ledger)).map(({ id }) => String(id));
    const created = ['acme', 'globex', 'acme'].map(async (tenant_id, n) => {
      const given = { tenant_id, slug: `site-${n}`, display_name: `Site ${n}` };
      return String((await ok(api.post('deployments', given), 201)).data.id);
    });
    deployments = await Promise.all(created);
  });
  after(() => ledger.close());

  const of = <T>(all: readonly T[], index: number): T => all[index % all.length] as T;
  const today = (): string => ledger.clock.now().slice(0, 10);
  const ties = (): Promise<RuledTieRow[]> => ledger.ledger.readLatest((db) => ruledTies(db, ids));
  const openOf = (all: readonly RuledTieRow[], id: string): RuledTieRow[] =>
    all.filter((tie) => tie.resource_id === id && tie.effective_to === null);
  const runRules = (): Promise<number> => runTieRules(ledger.ledger, { meta: () => ledger.meta() });

  async function tie({ resource, deployment, back, type }: Extract<Act, { type: 'tie' | 'cut' }>) {
    const given = { resource_id: of(ids, resource), effective_from: addDays(today(), -back) };
    const deployment_id = of(deployments, deployment);
    const before = openOf(await ties(), given.resource_id);
    if (type === 'tie') {
      const { status } = await ledger.api.post(`deployments/${deployment_id}/resources`, given);
      if (status === 201 && before.length === 0) byHand.set(given.resource_id, deployment_id);
      return;
    }
    if (before.length > 0) return;
    // As if the process died right after the event of the tie.
    const cut = ledger.ledger.execute(commands.tieResource, { ...given, deployment_id }, ledger.meta());
    const isTied = await cut.then(
      () => true,
      () => false,
    );
    if (isTied) byHand.set(given.resource_id, deployment_id);
    await runRules();
  }

  async function untie({ resource, back }: Extract<Act, { type: 'untie' }>): Promise<void> {
    const resource_id = of(ids, resource);
    const [held] = openOf(await ties(), resource_id);
    if (held === undefined) return;
    const { status } = await ledger.api.delete(
      `deployments/${held.deployment_id}/resources/${resource_id}?effective_to=${addDays(today(), -back)}`,
    );
    if (status !== 200) return;
    byHand.delete(resource_id);
    await runRules();
    expect(openOf(await ties(), resource_id), 'untied by hand').to.deep.equal([]);
  }

  async function perform(one: Act): Promise<void> {
    switch (one.type) {
      case 'move':
        ledger.digitalOcean.move(of(urns, one.resource), String(of(projects, one.project).id));
        await completed(ledger, 'sync.projects');
        break;
      case 'tie':
      case 'cut':
        await tie(one);
        break;
      case 'untie':
        await untie(one);
        break;
      case 'rule': {
        const deployment_id = of(deployments, one.deployment);
        await ok(ledger.api.post(`projects/${of(projects, one.project).id}/deploys`, { deployment_id }));
        break;
      }
      case 'end':
        await ok(ledger.api.delete(`projects/${of(projects, one.project).id}/deploys`));
        break;
      case 'day':
        ledger.clock.set(`${addDays(today(), 1)}T01:00:00.000Z`);
        await ok(ledger.api.post('jobs/metering.day/run', { day: addDays(today(), -1) }));
        await completed(ledger, 'sync.projects');
        break;
      case 'take': {
        const resource_id = String(of(droplets, one.resource).id);
        const id = `snap-${(taken += 1)}`;
        ledger.digitalOcean.create('snapshot', aSnapshot({ id, resource_id, resource_type: 'droplet' }));
        await completed(ledger, 'sync.snapshots');
        ids = (await inventoryOf(ledger)).map((row) => String(row.id));
      }
    }
  }

  async function expectSettled(done: string): Promise<void> {
    const all = await ties();
    for (const id of ids) {
      const own = all
        .filter(({ effective_from, effective_to }) => effective_to === null || effective_to > effective_from)
        .filter(({ resource_id }) => resource_id === id)
        .sort((a, b) => (a.effective_from < b.effective_from ? -1 : 1));
      own.slice(1).forEach(({ effective_from }, n) => {
        expect(effective_from >= (own[n]?.effective_to ?? '9999'), `${done}: one a day`).to.equal(true);
      });
      const hand = byHand.get(id);
      if (hand !== undefined)
        expect(own.at(-1), `${done}: by hand`).to.deep.include({
          deployment_id: hand,
          effective_to: null,
          rule_by: null,
        });
    }
    const before = await ledger.eventCount();
    expect(await runRules(), `${done}: again`).to.equal(0);
    expect(await ledger.eventCount(), `${done}: again`).to.equal(before);
    expect(await ledger.ledger.readLatest((db) => outdatedDays(db)), `${done}: metered`).to.deep.equal([]);
  }

  it('give a day to one deployment, leave what a hand did, and settle at once', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(act, { minLength: 15, maxLength: 25 }), async (acts) => {
        for (const one of acts) {
          await perform(one);
          await expectSettled(JSON.stringify(one));
        }
      }),
      { numRuns: runs(1), endOnFailure: true },
    );
  });

  it('leave usage that metering agrees with, and the rows that the journal defines', async () => {
    const before = await ledger.eventCount();
    for (let day = '2026-05-04'; day < today(); day = addDays(day, 1)) {
      const { data } = await ok(ledger.api.post('jobs/metering.day/run', { day }));
      expect(data.result.changed, day).to.equal(0);
    }
    expect(await ledger.eventCount()).to.equal(before);
    expect(await expectRowsOfJournal(ledger)).to.be.greaterThan(0);
  });
});

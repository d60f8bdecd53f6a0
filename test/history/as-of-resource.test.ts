import { expect } from 'chai';
import { resourceStream } from '../../commands/inventory/resource.ts';
import { commands } from '../../src/processes/commands.ts';
import { ok, problem } from '../support/http/api.ts';
import type { Json } from '../support/http/api.ts';
import { startTestLedger } from '../support/ledger/test-ledger.ts';
import type { TestLedger } from '../support/ledger/test-ledger.ts';
import { tenantToken } from '../support/http/tokens.ts';
import { witnessedMonth, type Witnessed } from '../support/history/as-of-month.ts';

/** The resources that may have changed since the call before; at every tenth call all of them. */
function changedResources(): (ledger: TestLedger) => Promise<string[]> {
  const rows = new Map<string, string>();
  let [calls, position] = [0, 0];
  return async ({ api, sql }) => {
    const added = await sql<{ stream: string; position: number }[]>`
      select stream, position::int from journal where position > ${position} order by position`;
    position = added.at(-1)?.position ?? position;
    const streams = new Set(added.map(({ stream }) => stream));
    const all = calls++ % 10 === 0;
    const listed = (await ok(api.get('inventory?limit=500'))).data as Json[];
    return listed
      .filter((row) => {
        const text = JSON.stringify(row);
        const isChanged = all || rows.get(row.id) !== text || streams.has(resourceStream(row.id));
        rows.set(row.id, text);
        return isChanged;
      })
      .map(({ id }) => `inventory/${id}`);
  };
}

describe('resources of a busy month as they were', () => {
  let ledger: TestLedger;
  let witnessed: Witnessed[];
  before(async () => {
    ({ ledger, witnessed } = await witnessedMonth(changedResources()));
  });
  after(() => ledger.close());

  it('equal, for each known_at, the answers that were given at that moment', async () => {
    let asked = 0;
    for (const { at, answers } of witnessed) {
      for (const [path, answer] of answers) {
        const { data } = await ok(ledger.api.get(`${path}?known_at=${at}`));
        // Costs are those of now, and shown with nothing else.
        expect(data, `${path} at ${at}`).to.deep.equal({ ...answer, cost: null });
        asked += 1;
      }
    }
    expect(asked).to.be.greaterThan(300);
    const rows = witnessed.flatMap(({ answers }) => [...answers.values()] as Json[]);
    for (const [what, has] of Object.entries({
      stale: ({ status }: Json) => status === 'stale',
      struck: (row: Json) => row.missed_syncs === 1,
      tied: (row: Json) => row.deployment_id !== null,
      untied: ({ ties }: Json) => ties.some((tie: Json) => tie.effective_to !== null),
      drifted: ({ drift }: Json) => drift.length > 0,
      'of a tenant': (row: Json) => row.tenant_id !== 'skyai-internal',
    }))
      expect(rows.some(has), what).to.equal(true);
  });

  it('were not there before their first event', async () => {
    const { at } = witnessed.at(-1) as Witnessed;
    for (const path of new Set(witnessed.flatMap(({ answers }) => [...answers.keys()]))) {
      await problem(ledger.api.get(`${path}?known_at=2026-05-09T15:04:00Z`), 404);
      await problem(ledger.api.get(`${path}?as_of=2014-01-01`), 404);
      await ok(ledger.api.get(`${path}?as_of=${at}`));
    }
  });
});

describe('one resource as it was', () => {
  let ledger: TestLedger;
  let id: string;
  const [acme, globex] = [tenantToken('acme'), tenantToken('globex')];
  const day = 24 * 3_600_000;

  const sweep = async (name: string, attrs: Record<string, string> = {}): Promise<void> => {
    const started_at = ledger.clock.now();
    const { result } = await ledger.ledger.execute(
      commands.observeResource,
      {
        kind: 'volume',
        provider_id: 'v-1',
        placeholder: false,
        name,
        region: 'syd1',
        size_slug: null,
        status: 'active',
        created_at: '2026-01-01T00:00:00Z',
        attrs,
        sweep: { sweep_id: started_at, started_at, ended_at: started_at },
      },
      ledger.meta(),
    );
    id = result.resource_id;
  };
  const recordSweep = async (): Promise<void> => {
    const started_at = ledger.clock.now();
    await ledger.ledger.execute(
      commands.recordSweep,
      {
        kind: 'volume',
        sweep_id: started_at,
        started_at,
        ended_at: started_at,
        seen: 1,
        changed: 0,
        missed: 0,
      },
      ledger.meta(),
    );
  };
  const deployment = async (tenant_id: string): Promise<string> =>
    (await ok(ledger.api.post('deployments', { tenant_id, slug: 'site', display_name: 'site' }), 201)).data
      .id;
  const tie = (deploymentId: string, from?: string) =>
    ok(
      ledger.api.post(`deployments/${deploymentId}/resources`, {
        resource_id: id,
        ...(from === undefined ? {} : { effective_from: from }),
      }),
      201,
    );
  const at = async (query: string, token?: string): Promise<Json> =>
    (await ok(ledger.api.get(`inventory/${id}?${query}`, token === undefined ? {} : { token }))).data;
  let shops: { acme: string; globex: string };

  // 1 May: seen. 2: assigned to acme, renamed. 3: swept. 4: tied to globex from the 3rd on. 5: renamed,
  // drift. 6: untied as of the 6th. 7: renamed.
  before(async () => {
    ledger = await startTestLedger({ now: '2026-05-01T10:00:00.000Z' });
    shops = { acme: await deployment('acme'), globex: await deployment('globex') };
    await sweep('first');
    ledger.clock.advance(day);
    await ok(ledger.api.post(`inventory/${id}/assign`, { tenant_id: 'acme' }));
    await sweep('acme-secret', { note: 'acme' });
    ledger.clock.advance(day);
    await recordSweep();
    ledger.clock.advance(day);
    await tie(shops.globex, '2026-05-03');
    ledger.clock.advance(day);
    await sweep('globex-secret');
    await ok(ledger.api.post(`inventory/${id}/provisioned`, { spec: { region: 'nyc1' } }));
    await ledger.jobs.run('drift.detect', {}, { actor: ledger.meta().actor });
    ledger.clock.advance(day);
    await ok(ledger.api.delete(`deployments/${shops.globex}/resources/${id}`));
    ledger.clock.advance(day);
    await sweep('acme-again');
    await ledger.settled();
  });
  after(() => ledger.close());

  it('has the name, owner and tie of that time, by all that is known now', async () => {
    const shownAt = async (as_of: string) => {
      const { name, tenant_id, deployment_id, drift } = await at(`as_of=${as_of}`);
      return [name, tenant_id, deployment_id, drift.length];
    };
    expect(await shownAt('2026-05-01')).to.deep.equal(['first', 'skyai-internal', null, 0]);
    expect(await shownAt('2026-05-02T09:00:00Z')).to.deep.equal(['first', 'skyai-internal', null, 0]);
    expect(await shownAt('2026-05-02')).to.deep.equal(['acme-secret', 'acme', null, 0]);
    expect(await shownAt('2026-05-03')).to.deep.equal(['acme-secret', 'acme', shops.globex, 0]);
    expect(await shownAt('2026-05-05')).to.deep.equal(['globex-secret', 'acme', shops.globex, 1]);
    expect(await shownAt('2026-05-06')).to.deep.equal(['globex-secret', 'acme', null, 1]);
    expect(await shownAt('2026-05-07')).to.deep.equal(['acme-again', 'acme', null, 1]);
    expect(await at('as_of=2026-05-07')).to.deep.equal({ ...(await at('')), cost: null });
  });

  it('has by known_at what had been recorded, and by both what was then held true of then', async () => {
    expect(await at('known_at=2026-05-03')).to.include({ name: 'acme-secret', deployment_id: null });
    expect((await at('known_at=2026-05-03')).ties).to.deep.equal([]);
    expect((await at('known_at=2026-05-04')).ties).to.deep.equal([
      {
        deployment_id: shops.globex,
        tenant_id: 'globex',
        effective_from: '2026-05-03',
        effective_to: null,
        rule: null,
      },
    ]);
    expect((await at('as_of=2026-05-04')).ties).to.deep.equal([
      {
        deployment_id: shops.globex,
        tenant_id: 'globex',
        effective_from: '2026-05-03',
        effective_to: '2026-05-06',
        rule: null,
      },
    ]);
    expect(await at('as_of=2026-05-03&known_at=2026-05-03')).to.include({ deployment_id: null });
    expect(await at('as_of=2026-05-03&known_at=2026-05-04')).to.include({ deployment_id: shops.globex });
    expect(await at('as_of=2026-05-02T09:00:00Z&known_at=2026-05-07')).to.include({
      name: 'first',
      tenant_id: 'skyai-internal',
    });
  });

  it('shows the spec and the tie of that moment; a tenant sees a spec of its own time alone', async () => {
    const desired = async (query: string, token?: string) => {
      const { spec, spec_version, tie: held } = await at(query, token);
      return { spec, spec_version, held: held?.deployment_id ?? null };
    };
    const recorded = { spec: { region: 'nyc1' }, spec_version: 1 };
    expect(await desired('')).to.deep.equal({ ...recorded, held: null });
    expect(await desired('as_of=2026-05-05')).to.deep.equal({ ...recorded, held: shops.globex });
    expect(await desired('as_of=2026-05-04')).to.deep.equal({
      spec: null,
      spec_version: null,
      held: shops.globex,
    });
    expect(await desired('known_at=2026-05-04')).to.deep.equal({
      spec: null,
      spec_version: null,
      held: shops.globex,
    });
    expect(await desired('known_at=2026-05-03')).to.deep.equal({
      spec: null,
      spec_version: null,
      held: null,
    });
    expect(await desired('', acme)).to.deep.equal({ ...recorded, held: null });
    expect(await desired('as_of=2026-05-02', acme)).to.deep.equal({
      spec: null,
      spec_version: null,
      held: null,
    });
    expect((await at('as_of=2026-05-05')).tie).to.deep.equal({
      deployment_id: shops.globex,
      tenant_id: 'globex',
      effective_from: '2026-05-03',
      effective_to: '2026-05-06',
      rule: null,
    });
  });

  it('was last seen by the last sweep that had counted then', async () => {
    expect((await at('as_of=2026-05-02')).last_seen_at).to.equal('2026-05-02T10:00:00.000Z');
    expect((await at('as_of=2026-05-03')).last_seen_at).to.equal('2026-05-03T10:00:00.000Z');
    expect((await at('known_at=2026-05-03T09:59:59Z')).last_seen_at).to.equal('2026-05-02T10:00:00.000Z');
    expect((await at('as_of=2026-05-04')).last_seen_at).to.equal('2026-05-03T10:00:00.000Z');
  });

  it('shows the events of that time, in the order in which they came true', async () => {
    const types = async (query: string) => (await at(query)).events.map(({ type }: Json) => type);
    expect(await types('as_of=2026-05-02')).to.deep.equal([
      'ResourceDiscovered',
      'ResourceAssigned',
      'ResourceChanged',
    ]);
    expect(await types('as_of=2026-05-03')).to.deep.equal([
      'ResourceDiscovered',
      'ResourceAssigned',
      'ResourceChanged',
      'ResourceTied',
    ]);
    expect(await types('known_at=2026-05-03')).to.deep.equal([
      'ResourceDiscovered',
      'ResourceAssigned',
      'ResourceChanged',
    ]);
  });

  it('is shown to its tenant for the time that was its own, and for no other', async () => {
    expect(await at('as_of=2026-05-02', acme)).to.include({ name: 'acme-secret', tenant_id: 'acme' });
    expect(await at('as_of=2026-05-06T12:00:00Z', acme), 'what it has found when it came back').to.include({
      name: 'globex-secret',
    });
    for (const query of [
      'as_of=2026-05-01',
      'as_of=2026-05-03',
      'as_of=2026-05-04',
      'as_of=2026-05-05',
      'known_at=2026-05-01',
      'known_at=2026-05-04',
      'as_of=2026-05-02&known_at=2026-05-01',
    ]) {
      await problem(ledger.api.get(`inventory/${id}?${query}`, { token: acme }), 404);
    }
    expect(await at('as_of=2026-05-04&known_at=2026-05-03', acme), 'as far as was known, its own').to.include(
      { name: 'acme-secret', deployment_id: null },
    );
    const { ties, events, drift } = await at('', acme);
    expect(ties).to.deep.equal([]);
    expect(drift).to.deep.equal([]);
    expect(JSON.stringify(events)).to.not.contain('globex');
    for (const query of ['', 'as_of=2026-05-04', 'known_at=2026-05-04'])
      await problem(ledger.api.get(`inventory/${id}?${query}`, { token: globex }), 404);
  });

  it("opens nothing of another tenant's time by a tie that was entered later for earlier days", async () => {
    await tie(shops.globex, '2026-05-06');
    expect(await at('', globex)).to.include({ name: 'acme-again', tenant_id: 'globex' });
    await problem(ledger.api.get(`inventory/${id}?as_of=2026-05-02`, { token: globex }), 404);
    expect(await at('as_of=2026-05-06', globex), 'a state that globex had seen itself').to.include({
      name: 'globex-secret',
    });
    expect(await at('as_of=2026-05-04', globex), 'a state that was still there when globex came').to.include({
      name: 'acme-secret',
    });
    await problem(ledger.api.get(`inventory/${id}`, { token: acme }), 404);
    await problem(ledger.api.get(`inventory/${id}?as_of=2026-05-02`, { token: acme }), 404);
    ledger.clock.advance(day);
    await ok(ledger.api.delete(`deployments/${shops.globex}/resources/${id}?effective_to=2026-05-06`));
    await sweep('acme-once-more');
    ledger.clock.advance(day);
    await sweep('acme-a-third-time');
    ledger.clock.advance(day);
    await tie(shops.globex, '2026-05-07');
    await ledger.settled();
    // What it was called on the 8th had come and gone in acme's time, before globex got it back.
    expect(await at('as_of=2026-05-08')).to.include({ name: 'acme-once-more', deployment_id: shops.globex });
    await problem(ledger.api.get(`inventory/${id}?as_of=2026-05-08`, { token: globex }), 404);
    expect(await at('as_of=2026-05-09', globex)).to.include({ name: 'acme-a-third-time' });
  });

  it("is shown with the deployment that held it as it was then, and not as it is another's now", async () => {
    const held = async (query: string, token?: string) =>
      (
        await ok(ledger.api.get(`deployments/${shops.globex}?${query}`, token === undefined ? {} : { token }))
      ).data.resources.map(({ name }: Json) => name);
    expect(await held('as_of=2026-05-05', globex)).to.deep.equal(['globex-secret']);
    expect(await held('as_of=2026-05-04', globex), 'tied by then').to.deep.equal(['acme-secret']);
    expect(await held('as_of=2026-05-08'), 'for an admin').to.deep.equal(['acme-once-more']);
    expect(await held('as_of=2026-05-08', globex), 'the first of its own time since').to.deep.equal([
      'acme-a-third-time',
    ]);
    await ok(ledger.api.delete(`deployments/${shops.globex}/resources/${id}`));
    ledger.clock.advance(day);
    await sweep('acme-new-secret');
    await ledger.settled();
    expect(await held('', globex)).to.deep.equal([]);
    expect(await held('as_of=2026-05-09', globex)).to.deep.equal(['acme-a-third-time']);
    expect(await held('as_of=2026-05-05', globex)).to.deep.equal(['globex-secret']);
    expect(await held('known_at=2026-05-05', globex)).to.deep.equal(['globex-secret']);
  });

  it('refuses an invalid time, naming the parameter', async () => {
    for (const name of ['as_of', 'known_at']) {
      for (const text of ['soon', '2026-13-01', '2026-05-01T10:00', ''])
        await problem(ledger.api.get(`inventory/${id}?${name}=${text}`), 422, name);
    }
  });
});

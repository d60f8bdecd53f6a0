import { expect } from 'chai';
import { projections } from '../../projections/index.ts';
import { ok, problem } from '../support/http/api.ts';
import type { Json } from '../support/http/api.ts';
import { rollup, seededLedger, subscribed } from '../support/http/invoices-month.ts';
import type { TestLedger } from '../support/ledger/test-ledger.ts';
import { until } from '../support/runtime/until.ts';

describe('verifications over HTTP', () => {
  let ledger: TestLedger;
  before(async () => {
    ledger = await seededLedger();
    await subscribed(ledger, 'acme', 'site');
    await ledger.settled();
    await rollup(ledger);
  });
  after(() => ledger.close());

  const ended = (id: string): Promise<Json> =>
    until(
      'the end of the verification',
      async () => (await ok(ledger.api.get(`verifications/${id}`))).data,
      ({ status }: Json) => status !== 'running',
    );
  const verify = async (body: Json = {}): Promise<Json> =>
    ended((await ok(ledger.api.post('verifications', body), 202)).data.id);

  it('prove the whole ledger from its events', async () => {
    const { data: started } = await ok(ledger.api.post('verifications', {}), 202);
    expect(started).to.include({ status: 'running', actor: 'admin-1', projection: null, summary: null });
    const verified = await ended(started.id);
    expect(verified).to.deep.include({
      ...{ status: 'completed', projection: null, step: null, seconds_left: null, error: null },
      summary: { ok: true, differences: 0 },
    });
    const { result } = verified;
    expect(result.ok).to.equal(true);
    expect(result.projections.map(({ name }: Json) => name)).to.deep.equal(
      projections.map(({ name }) => name),
    );
    expect(result.chain).to.include({ events: await ledger.eventCount(), fault: null });
    expect(result.invoices).to.deep.include({ issues: 1, differences: [] });
    expect(result.documents.faults).to.deep.equal([]);
  });

  it('name each row that differs with the last event that touched it', async () => {
    const { data: studio } = await ok(ledger.api.get('catalog/plans/studio'));
    await ledger.sql`update ${ledger.sql(projectionTable('catalog', 'plans'))} set name = 'Atelier'
      where code = 'studio'`;
    const verified = await verify({ projection: 'catalog' });
    expect(verified).to.deep.include({
      ...{ status: 'completed', projection: 'catalog', summary: { ok: false, differences: 1 } },
    });
    expect(verified.result).to.include({ ok: false, chain: null, invoices: null });
    const [{ differences }] = verified.result.projections;
    expect(differences).to.have.length(1);
    expect(differences[0]).to.deep.include({
      key: { code: 'studio' },
      difference: 'changed',
      columns: [{ column: 'name', live: 'Atelier', events: studio.name }],
    });
    expect(differences[0].last_event).to.include({ type: 'PlanVersionPublished' });
    await ok(ledger.api.post('projections/catalog/rebuild', {}), 202);
    await until('the end of the rebuild', async () => {
      const { data } = await ok(ledger.api.get('projections'));
      return data.find((row: Json) => row.name === 'catalog').rebuild.status === 'completed';
    });
    expect((await verify({ projection: 'catalog' })).summary).to.deep.equal({ ok: true, differences: 0 });
  });

  it('are listed, latest first, in pages', async () => {
    const first = await ok(ledger.api.get('verifications?limit=2'));
    expect(first.data.map(({ projection }: Json) => projection)).to.deep.equal(['catalog', 'catalog']);
    const second = await ok(ledger.api.get(`verifications?limit=2&cursor=${first.next_cursor}`));
    expect(second.data.map(({ projection }: Json) => projection)).to.deep.equal([null]);
    expect(second.next_cursor).to.equal(null);
  });

  it('are one at a time, and another process that has died does not count', async () => {
    await ledger.sql`insert into background_runs (id, kind, actor, input) values
      ('another', 'verification', 'admin-2', '{"projection":null}')`;
    expect((await problem(ledger.api.post('verifications', {}), 409)).type).to.match(/conflict$/);
    await ledger.sql`update background_runs set updated_at = now() - interval '2 minutes'
      where id = 'another'`;
    expect((await ok(ledger.api.get('verifications/another'))).data.status).to.equal('interrupted');
    expect((await verify({ projection: 'catalog' })).status).to.equal('completed');
    expect((await ok(ledger.api.get('verifications/another'))).data).to.include({
      status: 'failed',
      error: 'interrupted: the process that ran it has ended',
    });
  });

  it('that are not there, or of what is not there, are refused', async () => {
    await problem(ledger.api.get('verifications/nothing'), 404);
    await problem(ledger.api.post('verifications', { projection: 'nothing' }), 422, 'projection');
    await problem(ledger.api.post('verifications', { fast: true }), 422, 'fast');
  });

  it('answer the same run to the same Idempotency-Key', async () => {
    const ask = () =>
      ok(
        ledger.api.post(
          'verifications',
          { projection: 'catalog' },
          { headers: { 'idempotency-key': 'verify-once' } },
        ),
        202,
      );
    const { data } = await ask();
    await ended(data.id);
    expect((await ask()).data.id).to.equal(data.id);
  });

  it('show the head of the journal, and of the hash chain over it', async () => {
    const events = await ledger.eventCount();
    const end: Json = await until(
      'the chain at the end of the journal',
      async () => (await ok(ledger.api.get('journal'))).data,
      ({ chain }: Json) => chain.unchained === 0,
    );
    expect([end.head, end.chain.position]).to.deep.equal([events, events]);
    const [last] = await ledger.sql<{ hash: string }[]>`
      select encode(hash, 'hex') as hash from journal_hashes order by position desc limit 1`;
    expect(end.chain.hash).to.equal(last?.hash);
  });
});

function projectionTable(projection: string, table: string): string {
  const schema = projections.find(({ name }) => name === projection)?.schema;
  return `${schema ?? ''}.${table}`;
}

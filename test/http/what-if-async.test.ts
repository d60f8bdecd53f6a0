import { expect } from 'chai';
import { ok, problem } from '../support/http/api.ts';
import type { Json } from '../support/http/api.ts';
import { seededLedger, subscribed } from '../support/http/invoices-month.ts';
import type { TestLedger } from '../support/ledger/test-ledger.ts';
import { until } from '../support/runtime/until.ts';

const dearer = { plans: { studio: { base_price_cents: 6000 } } };

describe('what if in the background, over HTTP', () => {
  let ledger: TestLedger;
  before(async () => {
    ledger = await seededLedger();
    await subscribed(ledger, 'acme', 'site');
    await ledger.settled();
  });
  after(() => ledger.close());

  const computed = (id: string): Promise<Json> =>
    until(
      'the result of the what-if',
      async () => (await ok(ledger.api.get(`what-if/${id}`))).data,
      ({ status }: Json) => status !== 'running',
    );

  it('is answered at once, and comes to the same as one that is waited for', async () => {
    const asked = { periods: ['2026-03', '2026-04'], overrides: dearer };
    const { data: started } = await ok(ledger.api.post('what-if', { ...asked, async: true }), 202);
    expect(started).to.deep.include({
      ...{ status: 'running', actor: 'admin-1', error: null },
      asked: { periods: ['2026-03-01', '2026-04-01'], overrides: dearer },
    });
    const { id, created_at: _at, ...background } = await computed(started.id);
    expect(id).to.equal(started.id);
    const {
      id: _id,
      created_at: _then,
      ...awaited
    } = (await ok(ledger.api.post('what-if', asked), 201)).data;
    expect(background).to.deep.equal(awaited);
    expect(background.delta_cents).to.equal(1100);
  });

  it('is refused at once for what the catalog does not have, and for a month to come', async () => {
    const wrong = { plans: { nothing: { base_price_cents: 1 } } };
    await problem(
      ledger.api.post('what-if', { period: '2026-04', overrides: wrong, async: true }),
      422,
      'overrides.plans.nothing',
    );
    await problem(ledger.api.post('what-if', { period: '2026-07', async: true }), 422, 'period');
    await problem(ledger.api.post('what-if', { period: '2026-04', async: 'yes' }), 422, 'async');
  });

  it('says why it failed', async () => {
    const asked = {
      period: '2026-04',
      overrides: { plans: { studio: { base_price_cents: Number.MAX_SAFE_INTEGER } } },
    };
    const { data } = await ok(ledger.api.post('what-if', { ...asked, async: true }), 202);
    expect(await computed(data.id)).to.include({
      status: 'failed',
      error: 'overrides: come to more than an amount can hold',
      step: null,
    });
  });

  it('is the same one under the same Idempotency-Key', async () => {
    const ask = () =>
      ok(
        ledger.api.post(
          'what-if',
          { period: '2026-04', overrides: dearer, async: true },
          { headers: { 'idempotency-key': 'ask-once' } },
        ),
        202,
      );
    const { data } = await ask();
    await computed(data.id);
    expect((await ask()).data.id).to.equal(data.id);
  });

  it('is listed with its totals, and while it is under way', async () => {
    const slow = JSON.stringify({ periods: ['2026-03-01', '2026-04-01'], overrides: {} });
    await ledger.sql`insert into background_runs (id, kind, actor, input, step, done, total)
      values ('slow', 'what-if', 'admin-1', ${slow}::text::json, 'months', 1, 2)`;
    const all = await ok(ledger.api.get('what-if'));
    expect(all.under_way).to.have.length(1);
    expect(all.under_way[0]).to.include({ id: 'slow', step: 'months', done: 1, total: 2 });
    expect(all.data).to.have.length(3);
    const year = all.data.find(({ periods }: Json) => periods.length === 2);
    expect(year).to.deep.include({
      actor: 'admin-1',
      periods: ['2026-03-01', '2026-04-01'],
      overrides: dearer,
      delta_cents: 1100,
    });
    const first = await ok(ledger.api.get('what-if?limit=2'));
    const second = await ok(ledger.api.get(`what-if?limit=2&cursor=${first.next_cursor}`));
    expect([...first.data, ...second.data]).to.deep.equal(all.data);
  });

  it('that no process has renewed for a minute is interrupted', async () => {
    await ledger.sql`update background_runs set updated_at = now() - interval '2 minutes' where id = 'slow'`;
    expect((await ok(ledger.api.get('what-if/slow'))).data).to.include({
      status: 'interrupted',
      seconds_left: null,
    });
    expect((await ok(ledger.api.get('what-if'))).under_way).to.deep.equal([]);
    await problem(ledger.api.get('what-if/nothing'), 404);
  });
});

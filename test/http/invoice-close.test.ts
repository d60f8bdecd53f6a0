import { completeChain } from '../../src/journal/chain/journal-chain.ts';
import { expect } from 'chai';
import { ok, problem, type Json } from '../support/http/api.ts';
import { rollup, seededLedger, subscribed } from '../support/http/invoices-month.ts';
import type { TestLedger } from '../support/ledger/test-ledger.ts';

describe('the close of a month over HTTP', () => {
  let ledger: TestLedger;
  before(async () => {
    ledger = await seededLedger({ now: '2026-04-20T10:00:00.000Z' });
    await subscribed(ledger, 'acme', 'site', { starts_on: '2026-04-20' });
    await subscribed(ledger, 'globex', 'shop', { starts_on: '2026-04-20' });
    await ledger.settled();
  });
  after(() => ledger.close());

  const close = (body: Json, request: Json = {}) =>
    ledger.api.post('invoices/close', { period: '2026-04', ...body }, request);
  const shown = async (period = '2026-04'): Promise<Json> =>
    (await ok(ledger.api.get(`invoices/close?period=${period}`))).data;
  const decisions = async (): Promise<Json[]> =>
    (await ok(ledger.api.get('events?type=MonthClosed'))).data.map(({ data }: Json) => data);
  const namesOf = (items: Json[]): string[] =>
    items.filter(({ status }) => status === 'blocks').map(({ item }) => item);

  it('shows what stands in the way of the running month so far, and refuses to close it', async () => {
    const { period, status, rolled_up, closed, items } = await shown();
    expect([period, status, rolled_up, closed]).to.deep.equal(['2026-04-01', 'open', false, null]);
    expect(namesOf(items)).to.include('seller');
    for (const body of [{}, { force: true, reason: 'now' }])
      expect((await problem(close(body), 422)).type).to.match(/period-not-ended$/);
    await problem(ledger.api.get('invoices/close?period=2026-05'), 422, 'period');
    await problem(ledger.api.get('invoices/preview?period=2026-05'), 422, 'period');
    expect(await decisions()).to.deep.equal([]);
  });

  it('takes the last month that has ended where none is named', async () => {
    expect((await ok(ledger.api.get('invoices/close'))).data.period).to.equal('2026-03-01');
    expect((await ok(ledger.api.get('invoices/preview'))).summary.period).to.equal('2026-03-01');
  });

  it('refuses a month that something blocks, with the whole list, and records nothing', async () => {
    ledger.clock.set('2026-05-01T08:00:00.000Z');
    const before = await ledger.eventCount();
    // The list says how many events are chained, which happens in the background.
    await completeChain(ledger.sql);
    const refused = await problem(close({ reason: 'all is well' }), 409);
    expect(refused.type).to.match(/close-blocked$/);
    const { status, items } = await shown();
    expect(status).to.equal('blocked');
    expect(refused['items']).to.deep.equal(items);
    for (const name of namesOf(items)) expect(refused.detail).to.contain(name);
    expect(await ledger.eventCount()).to.equal(before);
  });

  it('is forced with a reason only', async () => {
    for (const body of [{}, { reason: null }, { reason: '' }, { reason: '  ' }])
      await problem(close({ force: true, ...body }), 422, 'reason');
    expect(await decisions()).to.deep.equal([]);
  });

  it('records one decision where several force it at once, and all issue the same', async () => {
    const { items } = await shown();
    const { data: previewed } = await ok(ledger.api.get('invoices/preview?period=2026-04'));
    const one = await ok(ledger.api.get('invoices/preview?period=2026-04&tenant_id=globex'));
    expect(one.data).to.deep.equal(previewed.slice(1));
    expect(one.summary).to.include({ invoices: 1, total_cents: previewed[1].total_cents });
    const answers = await Promise.all(
      ['one', 'two', 'three'].map(async (reason) => (await ok(close({ force: true, reason }))).data),
    );
    const [decision, ...others] = await decisions();
    expect(others).to.deep.equal([]);
    expect(decision).to.deep.include({ period: '2026-04-01', forced: true, blocked_by: namesOf(items) });
    expect(['one', 'two', 'three']).to.include(decision?.reason);
    const { period: _period, ...kept } = decision ?? {};
    for (const { closed, period, invoices } of answers) {
      expect(closed).to.deep.equal({ ...kept, at: '2026-05-01T08:00:00.000Z', by: 'admin-1' });
      expect(period).to.equal('2026-04-01');
      expect(invoices.map((one: Json) => [one.invoice_id, one.total_cents])).to.deep.equal(
        previewed.map((one: Json) => [one.invoice_id, one.total_cents]),
      );
    }
    expect(await shown()).to.deep.include({
      ...{ status: 'closed', rolled_up: true, closed: answers[0].closed },
    });
  });

  it('answers the first decision when it is closed again, and adds no event', async () => {
    const before = await ledger.eventCount();
    const { closed } = await shown();
    for (const body of [{}, { force: true, reason: 'another' }]) {
      const { data } = await ok(close(body));
      expect(data.closed).to.deep.equal(closed);
      expect(data.invoices.map(({ status }: Json) => status)).to.deep.equal(['skipped', 'skipped']);
    }
    expect(await ledger.eventCount()).to.equal(before);
  });

  it('answers word for word under one Idempotency-Key', async () => {
    ledger.clock.set('2026-06-02T08:00:00.000Z');
    const request = { headers: { 'Idempotency-Key': 'close-may' } };
    const body = { period: '2026-05', force: true, reason: 'the first of the month' };
    const first = await ok(close(body, request));
    expect(first.data.invoices.map(({ status }: Json) => status)).to.deep.equal(['issued', 'issued']);
    expect(await ok(close(body, request))).to.deep.equal(first);
    await problem(close({ ...body, reason: 'another' }, request), 409);
  });

  it('records the decision about a month that was rolled up by hand, without asking the list', async () => {
    await rollup(ledger, { period: '2026-03' });
    const before = await shown('2026-03');
    expect(before).to.deep.include({ status: 'closed', rolled_up: true, closed: null });
    expect(namesOf(before.items)).to.include('seller');
    const { data } = await ok(close({ period: '2026-03', reason: 'looked at' }));
    expect(data.closed).to.deep.include({ forced: false, reason: 'looked at', blocked_by: [] });
    expect((await shown('2026-03')).closed).to.deep.equal(data.closed);
    expect((await ok(close({ period: '2026-03' }))).data.closed).to.deep.equal(data.closed);
  });

  it('goes on in the background on request: the run has what the roll-up answers', async () => {
    const { status, body } = await close({ async: true });
    expect(status).to.equal(202);
    const { period, closed, run_id } = body.data;
    expect(period).to.equal('2026-04-01');
    expect(closed).to.deep.equal((await shown()).closed);
    let run: Json;
    do run = (await ok(ledger.api.get(`jobs/runs/${run_id}`))).data;
    while (run.status === 'running');
    expect(run).to.include({ job: 'invoices.rollup', status: 'completed' });
    const { closed: _closed, ...again } = (await ok(close({}))).data;
    expect(run.result).to.deep.equal(again);
  });
});

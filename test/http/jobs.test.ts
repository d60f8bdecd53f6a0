import { expect } from 'chai';
import { jobs } from '../../src/jobs/jobs.ts';
import { ok, problem } from '../support/http/api.ts';
import type { Json } from '../support/http/api.ts';
import { startTestLedger } from '../support/ledger/test-ledger.ts';
import type { TestLedger } from '../support/ledger/test-ledger.ts';

describe('jobs over HTTP', () => {
  let ledger: TestLedger;
  before(async () => {
    ledger = await startTestLedger({ digitalOcean: {} });
  });
  after(async () => {
    await ledger.close();
  });

  const job = async (name: string): Promise<Json> =>
    (await ok(ledger.api.get('jobs'))).data.find((row: Json) => row.name === name);

  it('lists every job of the table with its schedule, before it ever ran', async () => {
    const { data, next_cursor } = await ok(ledger.api.get('jobs'));
    expect(data.map((row: Json) => row.name)).to.deep.equal(jobs.map(({ name }) => name));
    expect(next_cursor).to.equal(null);
    expect(await job('billing.balance')).to.deep.equal({
      name: 'billing.balance',
      queue: 'cloud_billing',
      cron: '7 * * * *',
      summary: 'Record a snapshot of the DigitalOcean balance',
      input: { type: 'object', properties: {}, additionalProperties: false },
      scheduled: false,
      next_run_at: null,
      queued: 0,
      waiting_for: null,
      held_by: [],
      last_run: null,
      last_error: null,
      dead: [],
    });
    expect(await job('billing.ingest_invoice')).to.include({ cron: null });
  });

  it('pages the list', async () => {
    const first = await ok(ledger.api.get('jobs?limit=4'));
    const second = await ok(ledger.api.get(`jobs?limit=500&cursor=${first.next_cursor}`));
    expect([...first.data, ...second.data].map((row: Json) => row.name)).to.deep.equal(
      jobs.map(({ name }) => name),
    );
    expect(second.next_cursor).to.equal(null);
  });

  it('runs a job and answers when it is done, at a position that a read can wait for', async () => {
    const { status, body, headers } = await ledger.api.post('jobs/sync.droplets/run');
    expect([status, body.data.job, body.data.status, body.data.error]).to.deep.equal([
      200,
      'sync.droplets',
      'completed',
      null,
    ]);
    expect(body.data.result).to.deep.equal({ seen: 5, changed: 5, missed: 0 });
    expect(headers.get('ledger-position')).to.be.a('string');
    expect((await ok(ledger.api.get('inventory?kind=droplet'))).data).to.have.length(5);

    const run = await ok(ledger.api.get(`jobs/runs/${body.data.run_id}`));
    expect(run.data).to.deep.include({
      id: body.data.run_id,
      job: 'sync.droplets',
      input: {},
      actor: 'admin-1',
      status: 'completed',
      result: { seen: 5, changed: 5, missed: 0 },
      error: null,
    });
    expect(await job('sync.droplets')).to.deep.include({
      last_run: {
        id: run.data.id,
        status: 'completed',
        started_at: run.data.started_at,
        finished_at: run.data.finished_at,
        result: run.data.result,
        progress: run.data.progress,
      },
      last_error: null,
    });
    expect(run.data.progress).to.deep.equal({ done: 5, total: 5, note: 'droplet' });
  });

  it('says what the input of each job is, for forms', async () => {
    const properties = async (name: string): Promise<Json> => (await job(name)).input.properties;
    expect((await properties('metering.day')).day).to.deep.include({ type: 'string', format: 'date' });
    expect(await properties('invoices.rollup')).to.have.all.keys(['period', 'tenant_id', 'force']);
    expect((await properties('invoices.rollup')).period).to.deep.include({ format: 'month' });
    expect((await job('invoices.rollup')).input.required).to.deep.equal(['period']);
  });

  it('answers 202 to an async run, whose end the run shows', async () => {
    const { status, body } = await ledger.api.post('jobs/billing.balance/run', { async: true });
    expect([status, body.data.status, body.data.result]).to.deep.equal([202, 'running', null]);
    await ledger.jobs.drain();
    await ledger.settled();
    const run = await ok(ledger.api.get(`jobs/runs/${body.data.run_id}`));
    expect([run.data.status, run.data.result.month_to_date_balance_cents]).to.deep.equal([
      'completed',
      (await ok(ledger.api.get('billing/balance'))).data.month_to_date_balance_cents,
    ]);
  });

  it('shows a failed job in its answer, and on the list until long after the next success', async () => {
    ledger.digitalOcean.tokens.revoke(ledger.digitalOcean.token);
    const { data } = await ok(ledger.api.post('jobs/sync.volumes/run'));
    expect([data.status, data.result]).to.deep.equal(['failed', null]);
    expect(data.error).to.match(/^upstream-failed: /);
    ledger.digitalOcean.tokens.allow(ledger.digitalOcean.token);
    ledger.clock.advance(60_000);
    const next = await ok(ledger.api.post('jobs/sync.volumes/run'));
    expect(next.data.status).to.equal('completed');
    const listed = await job('sync.volumes');
    expect([listed.last_run.id, listed.last_run.status]).to.deep.equal([next.data.run_id, 'completed']);
    expect(listed.last_error).to.deep.include({ run_id: data.run_id, error: data.error });
  });

  it('lists runs, latest first, by job, by how they ended and by who started them', async () => {
    const runs = async (query: string): Promise<Json[]> =>
      (await ok(ledger.api.get(`jobs/runs?${query}`))).data;
    const all = await runs('limit=500');
    expect(all.length).to.be.greaterThan(3);
    expect(all.map(({ started_at }) => started_at)).to.deep.equal(
      all
        .map(({ started_at }) => started_at)
        .toSorted()
        .reverse(),
    );
    const failed = await runs('job=sync.volumes&status=failed');
    expect(failed).to.have.length(1);
    expect(failed[0]).to.deep.equal((await ok(ledger.api.get(`jobs/runs/${failed[0]?.id}`))).data);
    expect(await runs('trigger=schedule')).to.deep.equal([]);
    const first = await ok(ledger.api.get('jobs/runs?limit=2'));
    const second = await ok(ledger.api.get(`jobs/runs?limit=500&cursor=${first.next_cursor}`));
    expect([...first.data, ...second.data]).to.deep.equal(all);
    await problem(ledger.api.get('jobs/runs?status=gone'), 422, 'status');
  });

  it('refuses invalid input, and records no run of it', async () => {
    const runs = async () =>
      Number((await ledger.sql<{ count: number }[]>`select count(*)::int as count from job_runs`)[0]?.count);
    const before = await runs();
    await problem(ledger.api.post('jobs/no.such.job/run'), 404);
    await problem(ledger.api.post('jobs/billing.balance/run', { day: '2026-04-01' }), 422, 'day');
    await problem(ledger.api.post('jobs/billing.ingest_invoice/run', {}), 422, 'invoice_uuid');
    await problem(
      ledger.api.post('jobs/billing.ingest_invoice/run', { invoice_uuid: 7, async: true }),
      422,
      'invoice_uuid',
    );
    await problem(ledger.api.post('jobs/billing.balance/run', { async: 'yes' }), 422, 'async');
    await problem(ledger.api.post('jobs/billing.balance/run', []), 422);
    await problem(ledger.api.get('jobs/runs/no-such-run'), 404);
    expect(await runs()).to.equal(before);
  });

  it('refuses a day or a month that has not ended, in every job', async () => {
    expect(
      (await problem(ledger.api.post('jobs/metering.day/run', { day: '2026-05-09' }), 422)).type,
    ).to.match(/day-not-ended$/);
    expect(
      (await problem(ledger.api.post('jobs/invoices.rollup/run', { period: '2026-05', force: true }), 422))
        .type,
    ).to.match(/period-not-ended$/);
  });

  it('shows on the run that an async one was refused', async () => {
    for (const [name, input, code] of [
      ['metering.day', { day: '2026-05-09' }, 'day-not-ended'],
      ['invoices.rollup', { period: '2026-05' }, 'period-not-ended'],
    ] as const) {
      const { data } = await ok(ledger.api.post(`jobs/${name}/run`, { ...input, async: true }), 202);
      await ledger.jobs.drain();
      const run = await ok(ledger.api.get(`jobs/runs/${data.run_id}`));
      expect(run.data.status).to.equal('failed');
      expect(run.data.error).to.match(new RegExp(`^${code}: `));
    }
  });

  it('runs once under one Idempotency-Key', async () => {
    const request = { headers: { 'Idempotency-Key': 'balance-of-today' } };
    const first = await ok(ledger.api.post('jobs/billing.balance/run', {}, request));
    const again = await ok(ledger.api.post('jobs/billing.balance/run', {}, request));
    expect(again).to.deep.equal(first);
  });
});

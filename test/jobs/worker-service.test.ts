import { expect } from 'chai';
import { ok, type Json } from '../support/http/api.ts';
import { startTestLedger, type TestLedger } from '../support/ledger/test-ledger.ts';
import { startTestRedis, type TestRedis } from '../support/embedded/test-redis.ts';
import { until } from '../support/runtime/until.ts';
import { quick } from '../support/jobs/worker-stage.ts';

describe('a service that runs its jobs by itself', () => {
  let redis: TestRedis;
  let test: TestLedger;

  before(async () => {
    redis = await startTestRedis();
    test = await startTestLedger({
      digitalOcean: {},
      finance: true,
      worker: { redis: redis.target, times: quick, retries: { attempts: 2, backoffMs: 20 } },
    });
    // A few invoices do: each is a run.
    const { account } = test.digitalOcean;
    account.invoices.splice(12);
    const kept = new Set<unknown>(account.invoices.map((invoice) => invoice.invoice_uuid));
    account.billing_history.splice(
      0,
      Infinity,
      ...account.billing_history.filter((entry) => kept.has(entry['invoice_uuid'])),
    );
    await test.worker?.started;
  });
  after(async () => {
    await test.close();
    await redis.stop();
  });

  const rows = async (): Promise<Json[]> => (await ok(test.api.get('jobs'))).data;
  const row = async (name: string): Promise<Json> => (await rows()).find((job) => job.name === name);
  /** As after a time in which everything was down. */
  const missed = (jobs: string[]) =>
    test.sql`update job_schedule set ticked_until = '2024-01-01' where job = any(${jobs})`;

  it('shows what is scheduled, and when it runs next', async () => {
    const timed = (await rows()).filter((job) => job.cron !== null);
    // Those that the configuration has to switch on.
    const off = timed.filter((job) => !job.scheduled).map((job) => job.name);
    expect(off).to.have.members(['finance.ar', 'invoices.correct', 'invoices.send', 'spaces.sizes']);
    expect(
      timed.filter((job) => job.scheduled).every((job) => Date.parse(job.next_run_at) > Date.now()),
    ).to.equal(true);
    expect(await row('billing.ingest_invoice')).to.include({ scheduled: false, next_run_at: null });
  });

  it('mirrors the account once for all missed sweeps, with the job as actor', async () => {
    await missed(['sync.volumes', 'sync.snapshots', 'sync.projects']);
    for (const name of ['sync.volumes', 'sync.snapshots', 'sync.projects']) {
      const done = await until(
        `${name} completed`,
        () => row(name),
        (job) => job.last_run?.status === 'completed' && job.queued === 0,
      );
      const run = (await ok(test.api.get(`jobs/runs/${done.last_run.id}`))).data;
      expect(run).to.include({ trigger: 'schedule', actor: `job:${name}`, attempt: 1, attempts: 2 });
    }
    const [volumes] = await test.sql<
      { count: number }[]
    >`select count(*)::int as count from job_runs where job = 'sync.volumes'`;
    expect(volumes?.count).to.be.within(1, 2);
  });

  it('queues the ingestion of each invoice as a run of its own', async () => {
    await missed(['billing.history']);
    await until(
      'billing.history completed',
      () => row('billing.history'),
      (job) => job.last_run?.status === 'completed',
    );
    const done = await until(
      'billing.ingest_invoice run',
      () => row('billing.ingest_invoice'),
      (job) => job.last_run !== null && job.queued === 0,
    );
    expect(done.last_run.status).to.equal('completed');
    // A run ends with its last append, which the read models have a moment later.
    await test.settled();
    const invoices = (await ok(test.api.get('billing/invoices'))).data;
    expect(invoices).to.have.length(12);
    const runs = await test.sql<
      { input: { invoice_uuid: string }; trigger: string }[]
    >`select input, trigger from job_runs where job = 'billing.ingest_invoice'`;
    expect(runs.map(({ input }) => input.invoice_uuid))
      .to.have.members(invoices.map((invoice: Json) => invoice.uuid))
      .and.have.length(invoices.length);
    expect(
      invoices.every(
        (invoice: Json) => invoice.status === 'ingested' && invoice.pushed_to_finance_at !== null,
      ),
    ).to.equal(true);
  });

  it('shows what it has given up on, with the error, until a run by hand completes', async () => {
    test.digitalOcean.tokens.revoke(test.digitalOcean.token);
    await missed(['billing.balance']);
    const { dead } = await until(
      'a run of billing.balance given up',
      () => row('billing.balance'),
      (job) => job.dead.length > 0,
    );
    expect(dead).to.have.length(1);
    expect(dead[0]).to.deep.include({ input: {}, attempts: 2 });
    expect(dead[0].error).to.match(/^upstream-failed: /);
    test.digitalOcean.tokens.allow(test.digitalOcean.token);
    test.clock.advance(60_000);
    await ok(test.api.post('jobs/billing.balance/run'));
    expect((await row('billing.balance')).dead).to.deep.equal([]);
  });

  it('answers and runs jobs by hand while Redis is away', async () => {
    await redis.kill();
    expect((await ok(test.api.post('jobs/sync.volumes/run'))).data.status).to.equal('completed');
    const ready = await until(
      'ready to show Redis as failed',
      () => ok(test.api.get('/api/ready', { token: null })),
      (body) => body.checks.redis.status === 'failed',
    );
    expect(ready).to.deep.include({ status: 'ok' });
    expect((await row('sync.volumes')).scheduled).to.equal(true);
    await redis.restart({ keepData: true });
    await until(
      'ready to show Redis as well',
      () => ok(test.api.get('/api/ready', { token: null })),
      (body) => body.checks.redis.status === 'ok',
    );
  });
});

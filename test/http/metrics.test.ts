import { expect } from 'chai';
import { NO_STREAM } from '../../src/journal/event-log.ts';
import { newEvent } from '../../src/ledger/handle-command.ts';
import { ok } from '../support/http/api.ts';
import { startTestLedger, type TestLedger } from '../support/ledger/test-ledger.ts';
import { readMetrics, valueOf, type Sample } from '../support/metrics/samples.ts';

describe('GET /metrics', () => {
  let ledger: TestLedger;
  const scrape = async (): Promise<Sample[]> => {
    const response = await fetch(`${ledger.url}/metrics`);
    expect(response.status).to.equal(200);
    expect(response.headers.get('content-type')).to.equal('text/plain; version=0.0.4; charset=utf-8');
    return readMetrics(await response.text());
  };

  before(async () => {
    ledger = await startTestLedger({ digitalOcean: {} });
  });
  after(() => ledger.close());

  it('counts commands by name and outcome, appends with their events, and what took how long', async () => {
    const create = () =>
      ledger.api.post('deployments', { tenant_id: 'tenant-never-shown', slug: 'web', display_name: 'Web' });
    await ok(create(), 201);
    expect((await create()).status).to.equal(409);
    const samples = await scrape();
    expect(
      valueOf(samples, 'arcadia_commands_total', { command: 'create-deployment', outcome: 'ok', code: '' }),
    ).to.equal(1);
    expect(
      valueOf(samples, 'arcadia_commands_total', {
        command: 'create-deployment',
        outcome: 'refused',
        code: 'already-exists',
      }),
    ).to.equal(1);
    expect(
      valueOf(samples, 'arcadia_command_duration_seconds_count', { command: 'create-deployment' }),
    ).to.equal(2);
    expect(valueOf(samples, 'arcadia_appends_total', { outcome: 'ok' })).to.equal(1);
    expect(valueOf(samples, 'arcadia_appended_events_total')).to.equal(1);
    expect(valueOf(samples, 'arcadia_append_duration_seconds_count')).to.be.at.least(1);
  });

  it('counts appends that lost a race', async () => {
    const { log } = ledger;
    const event = (name: string) =>
      newEvent(
        { type: 'PlanCreated', data: { plan_code: name, name } },
        `plan-${name}`,
        0,
        { ...ledger.meta(), command: 'test' },
        ledger.clock.now(),
      );
    const before = valueOf(await scrape(), 'arcadia_appends_total', { outcome: 'conflict' }) ?? 0;
    await log.append('plan-raced', [event('raced')], NO_STREAM);
    await log.append('plan-raced', [event('raced')], NO_STREAM).then(
      () => expect.fail('it won'),
      () => undefined,
    );
    expect(valueOf(await scrape(), 'arcadia_appends_total', { outcome: 'conflict' })).to.equal(before + 1);
  });

  it('counts each report of a batch as a command, and its append', async () => {
    const created = ledger.api.post('deployments', { tenant_id: 'acme', slug: 'chat', display_name: 'Chat' });
    const deployment_id = (await ok(created, 201)).data.id;
    const report = (gateway_request_id: string, occurred_at = '2026-05-01T00:00:00Z') => ({
      ...{ gateway_request_id, deployment_id, model: 'small', charge_cents: '1', occurred_at },
      ...{ input_tokens: 1, output_tokens: 1 },
    });
    const appends = async (outcome: string) =>
      valueOf(await scrape(), 'arcadia_appends_total', { outcome }) ?? 0;
    const [stored, conflicts] = [await appends('ok'), await appends('conflict')];
    await ok(ledger.api.post('integrations/llm-usage', report('known')));
    const events = [report('known'), report('new'), report('new'), report('old', '2020-01-01T00:00:00Z')];
    await ok(ledger.api.post('integrations/llm-usage', { events }));
    const samples = await scrape();
    const command = 'record-llm-usage';
    const commands = (outcome: string, code = '') =>
      valueOf(samples, 'arcadia_commands_total', { command, outcome, code });
    expect([commands('ok'), commands('refused', 'too-old')]).to.deep.equal([4, 1]);
    expect(valueOf(samples, 'arcadia_command_duration_seconds_count', { command })).to.equal(5);
    expect([(await appends('ok')) - stored, (await appends('conflict')) - conflicts]).to.deep.equal([2, 1]);
  });

  it("counts requests by the route's pattern and the class of the status, never by path", async () => {
    await ledger.api.get('deployments/0d3c7d9c-1b0e-5a55-8f0e-0e5a6b8f2f64');
    await ledger.api.get('/api/v1/nowhere/42');
    await fetch(`${ledger.url}/api/v1/deployments/7`);
    await fetch(`${ledger.url}/api/v1/deployments/8`, { method: 'PROPFIND' });
    const samples = await scrape();
    const requests = samples.filter(({ name }) => name === 'arcadia_http_request_duration_seconds_count');
    expect(
      valueOf(requests, 'arcadia_http_request_duration_seconds_count', {
        method: 'GET',
        route: '/api/v1/deployments/:id',
        status: '4xx',
      }),
    ).to.equal(1);
    expect(
      valueOf(requests, 'arcadia_http_request_duration_seconds_count', {
        method: 'GET',
        route: 'none',
        status: '4xx',
      }),
    ).to.equal(2);
    expect(valueOf(requests, 'arcadia_http_request_duration_seconds_count', { method: 'other' })).to.equal(1);
    expect(valueOf(samples, 'arcadia_http_requests_in_progress')).to.equal(1);
    expect(JSON.stringify(samples)).to.not.match(/0d3c7d9c|nowhere|PROPFIND|tenant-never-shown/);
  });

  it("shows each projection's position and the head, the parts' states, and sessions", async () => {
    await ledger.settled();
    const samples = await scrape();
    const head = valueOf(samples, 'arcadia_journal_head_position');
    expect(head).to.be.greaterThan(0);
    for (const projection of ['inventory', 'billing', 'catalog', 'deployments', 'invoices', 'usage']) {
      expect(valueOf(samples, 'arcadia_projection_position', { projection }), projection).to.equal(head);
      for (const name of [
        'arcadia_projection_lag_events',
        'arcadia_projection_lag_seconds',
        'arcadia_projection_parked',
      ])
        expect(valueOf(samples, name, { projection }), name).to.equal(0);
    }
    for (const part of ['postgres', 'projections', 'journal'])
      expect(valueOf(samples, 'arcadia_up', { part }), part).to.equal(1);
    expect(valueOf(samples, 'arcadia_postgres_sessions', { pool: 'arcadia-reads' })).to.be.greaterThan(0);
  });

  it('reports a parked projection, and how many events and seconds it is behind', async () => {
    await ledger.sql`update projection_checkpoints set status = 'parked', position = position - 1
      where name = 'usage'`;
    const labels = { projection: 'usage' };
    const samples = await scrape();
    expect(valueOf(samples, 'arcadia_projection_parked', labels)).to.equal(1);
    expect(valueOf(samples, 'arcadia_projection_lag_events', labels)).to.equal(1);
    // The ledger's clock stands in the past.
    expect(valueOf(samples, 'arcadia_projection_lag_seconds', labels)).to.be.greaterThan(3600);
    expect(valueOf(samples, 'arcadia_up', { part: 'projections' })).to.equal(0);
    await ledger.sql`update projection_checkpoints set status = 'live', position = position + 1
      where name = 'usage'`;
    expect(valueOf(await scrape(), 'arcadia_projection_parked', labels)).to.equal(0);
  });

  it('counts runs of jobs by trigger and outcome, and knows when a job last succeeded', async () => {
    await ok(ledger.api.post('jobs/sync.droplets/run'));
    ledger.digitalOcean.tokens.revoke(ledger.digitalOcean.token);
    await ok(ledger.api.post('jobs/billing.balance/run'));
    ledger.digitalOcean.tokens.allow(ledger.digitalOcean.token);
    await ledger.jobs.run(
      'sync.droplets',
      {},
      { actor: { sub: 'cli:operator', tenant_id: null, roles: [] } },
    );
    expect((await ledger.api.post('jobs/no-such-job/run')).status).to.equal(404);
    const samples = await scrape();
    const runs = (job: string, trigger: string, outcome: string) =>
      valueOf(samples, 'arcadia_job_runs_total', { job, trigger, outcome });
    expect([
      runs('sync.droplets', 'api', 'completed'),
      runs('sync.droplets', 'cli', 'completed'),
      runs('billing.balance', 'api', 'failed'),
    ]).to.deep.equal([1, 1, 1]);
    expect(valueOf(samples, 'arcadia_job_run_duration_seconds_count', { job: 'sync.droplets' })).to.equal(2);
    expect(valueOf(samples, 'arcadia_job_last_success_timestamp_seconds', { job: 'sync.droplets' })).to.equal(
      Date.parse(ledger.clock.now()) / 1000,
    );
    expect(
      valueOf(samples, 'arcadia_job_last_success_timestamp_seconds', { job: 'billing.balance' }),
    ).to.equal(undefined);
    expect(JSON.stringify(samples)).to.not.contain('no-such-job');
  });

  it("keeps each service's figures apart, and shows those of the process once", async () => {
    const other = await startTestLedger();
    try {
      const theirs = readMetrics(await (await fetch(`${other.url}/metrics`)).text());
      expect(valueOf(theirs, 'arcadia_commands_total')).to.equal(undefined);
      expect(valueOf(theirs, 'arcadia_appended_events_total')).to.equal(0);
      for (const name of ['process_resident_memory_bytes', 'nodejs_eventloop_lag_p99_seconds'])
        expect(
          theirs.filter((sample) => sample.name === name),
          name,
        ).to.have.length(1);
    } finally {
      await other.close();
    }
  });

  it('names what it counts after the service, in base units', async () => {
    for (const { name } of await scrape())
      expect(name)
        .to.match(/^(arcadia|process|nodejs)_/)
        .and.not.match(/_(ms|milliseconds|minutes|kb)\b/);
  });
});

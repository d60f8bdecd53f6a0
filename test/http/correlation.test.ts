import { expect } from 'chai';
import {
  startDigitalOceanSimulator,
  type DigitalOceanSimulator,
} from '../../simulators/digitalocean/index.ts';
import { aprilInvoice } from '../support/read-models/busy-month.ts';
import { ok } from '../support/http/api.ts';
import { createTestDatabase, type TestDatabase } from '../support/database/test-database.ts';
import { TEST_SECRET } from '../support/http/tokens.ts';
import {
  startHeaderKeeper,
  startLogged,
  type Line,
  type LoggedService,
} from '../support/http/correlation-life.ts';
import { until } from '../support/runtime/until.ts';

describe('the correlation id', () => {
  let database: TestDatabase;
  let simulator: DigitalOceanSimulator;
  let finance: Awaited<ReturnType<typeof startHeaderKeeper>>;
  let service: LoggedService;

  before(async () => {
    [database, simulator, finance] = await Promise.all([
      createTestDatabase(),
      startDigitalOceanSimulator(),
      startHeaderKeeper(),
    ]);
    service = await startLogged(
      {
        JWT_SECRET: TEST_SECRET,
        DIGITALOCEAN_URL: simulator.url,
        DIGITALOCEAN_TOKEN: simulator.token,
        SKYAI_FINANCE_URL: finance.url,
      },
      database.target,
    );
  });
  after(async () => {
    await service.close();
    await simulator.close();
    await finance.close();
    await database.drop();
  });
  beforeEach(() => {
    service.lines();
  });

  const create = (headers: Record<string, string> = {}) =>
    service.api.post('deployments', { tenant_id: 'acme', slug: 'web', display_name: 'Web' }, { headers });
  const ids = (lines: readonly Line[]) => [...new Set(lines.map((line) => line['correlation_id']))];
  /** The log, once it contains the lines of the requests, which are written when their responses end. */
  async function linesUntil(count: number): Promise<Line[]> {
    const lines: Line[] = [];
    await until(`the lines of ${count} requests`, () => {
      lines.push(...service.lines());
      return lines.filter(({ msg }) => msg === 'request').length >= count;
    });
    return lines;
  }

  it('that a client sends is on every line that its request causes, and on its answer', async () => {
    const headers = { 'X-Correlation-Id': 'client-17' };
    const answer = await create(headers);
    expect([answer.status, answer.headers.get('x-correlation-id')]).to.deep.equal([201, 'client-17']);
    expect((await create(headers)).status).to.equal(409);
    const lines = await linesUntil(2);
    expect(ids(lines)).to.deep.equal(['client-17']);
    expect(lines.map(({ msg }) => msg)).to.include.members(['request', 'command refused']);
    expect(lines.find(({ msg }) => msg === 'command refused')).to.include({
      command: 'create-deployment',
      code: 'already-exists',
    });
    expect(
      (await ok(service.api.get('events?type=DeploymentCreated'))).data[0].metadata.correlation_id,
    ).to.equal('client-17');
  });

  it('that is not valid is replaced: too long, with other characters, or a token', async () => {
    const jwt = 'eyJhbGciOiJIUzUxMiJ9.eyJzdWIiOiJ4In0.c2ln';
    for (const sent of ['x'.repeat(129), 'a b', 'a"b', jwt]) {
      const { headers } = await service.api.get('deployments', { headers: { 'X-Correlation-Id': sent } });
      expect(headers.get('x-correlation-id'), sent).to.match(/^[0-9a-f-]{36}$/);
    }
    await linesUntil(4);
    expect(service.text()).to.not.contain(jwt);
  });

  it('is on the line of an append that lost a race', async () => {
    const slugs = Array.from({ length: 8 }, () =>
      service.api.post(
        'deployments',
        { tenant_id: 'acme', slug: 'raced', display_name: 'R' },
        { headers: { 'X-Correlation-Id': 'race' } },
      ),
    );
    const statuses = (await Promise.all(slugs)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 201)).to.have.length(1);
    const lines = await linesUntil(8);
    expect(lines.filter(({ msg }) => String(msg).startsWith('an append came too late'))).to.not.be.empty;
    expect(ids(lines)).to.deep.equal(['race']);
  });

  it("of a job is its run's id, on every line from first to last, and in calls to finance", async () => {
    simulator.faults.inject({ times: 1, effect: { kind: 'status', status: 503 } });
    const { data } = await ok(
      service.api.post(
        'jobs/billing.ingest_invoice/run',
        { invoice_uuid: aprilInvoice },
        { headers: { 'X-Correlation-Id': 'who-asked' } },
      ),
    );
    expect(data.status, data.error).to.equal('completed');
    const lines = await linesUntil(1);
    expect(ids(lines.filter(({ msg }) => msg === 'request'))).to.deep.equal(['who-asked']);
    const caused = lines.filter(({ msg }) => msg !== 'request');
    expect(ids(caused)).to.have.length(1);
    const runId = ids(caused)[0];
    expect(caused.find(({ msg }) => msg === 'job run')).to.include({
      job: 'billing.ingest_invoice',
      run_id: runId,
      outcome: 'completed',
      trigger: 'api',
    });
    const upstream = caused.filter(({ msg }) => msg === 'upstream request');
    expect(upstream.map((line) => line['service'])).to.include.members(['digitalocean', 'finance']);
    expect(
      caused.find(({ level }) => level === 40),
      'the retry',
    ).to.include({ status: 503, attempt: 1 });
    expect(finance.headers.map((sent) => [sent['x-correlation-id'], sent['x-request-id']])).to.deep.equal([
      [runId, runId],
    ]);
    const events = (await ok(service.api.get('events?type=ProviderInvoiceIngested'))).data;
    expect(events[0].metadata.correlation_id).to.equal(runId);
  });

  it('of a job that fails is on the line that says so', async () => {
    simulator.tokens.revoke(simulator.token);
    const { data } = await ok(service.api.post('jobs/billing.balance/run'));
    simulator.tokens.allow(simulator.token);
    expect(data.status).to.equal('failed');
    const failed = (await linesUntil(1)).filter(({ msg }) => msg === 'a job failed' || msg === 'job run');
    expect(failed).to.have.length(2);
    for (const line of failed) expect(line['correlation_id']).to.equal(line['run_id']);
  });
});

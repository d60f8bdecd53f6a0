import { expect } from 'chai';
import { catalogModel } from '../../projections/catalog/tables.ts';
import { createLogger } from '../../src/cli/create-logger.ts';
import { openService, type Service } from '../../src/open-service.ts';
import { fixedClock } from '../support/ledger/fixed-clock.ts';
import { createApi, ok, type Api } from '../support/http/api.ts';
import { readMetrics, valueOf } from '../support/metrics/samples.ts';
import { createTestDatabase, type TestDatabase } from '../support/database/test-database.ts';
import type { AddressInfo } from 'node:net';
import type { Server } from 'node:http';
import { until } from '../support/runtime/until.ts';
import { testParts } from '../support/ledger/test-parts.ts';

describe('an event that a projection cannot apply', () => {
  let database: TestDatabase;
  let service: Service;
  let http: Server;
  let api: Api;
  let url: string;
  const lines: string[] = [];

  before(async () => {
    database = await createTestDatabase();
    service = await openService({
      ...testParts(database.target),
      clock: fixedClock('2026-05-09T12:00:00.000Z'),
      logger: createLogger('info', {
        write: (line) => {
          lines.push(line);
        },
      }),
    });
    http = service.app.listen(0, '127.0.0.1');
    await new Promise<void>((resolve) => {
      http.once('listening', resolve);
    });
    url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
    api = createApi(url);
  });
  after(async () => {
    http.closeAllConnections();
    await new Promise((resolve) => {
      http.close(resolve);
    });
    await service.close();
    await database.drop();
  });

  it('parks that projection alone, and names the event in ready, metrics, log and projections', async () => {
    await ok(
      api.post(
        'deployments',
        { tenant_id: 'a', slug: 's', display_name: 'x' },
        { headers: { 'X-Correlation-Id': 'who-did-it' } },
      ),
      201,
    );
    // No command writes such an event; a hand in the database, or a fault in a release, may.
    await service.sql`
      insert into journal (position, stream, revision, id, type, data, metadata, recorded_at)
      select 2, 'plan-broken', 0, gen_random_uuid(), 'PlanCreated', '{"plan_code": null}',
        (metadata::jsonb || '{"correlation_id":"poisoner"}')::json, recorded_at from journal
        where position = 1`;
    const probe = createApi(url);
    const ready = await until(
      'a projection that is parked',
      () => probe.get('/api/ready'),
      ({ body }) => body.checks.projections.parked?.length > 0,
    );
    expect(ready.status).to.equal(503);
    expect(ready.body.checks.projections.parked).to.deep.equal([
      { name: 'catalog', version: catalogModel.version, position: 2, type: 'PlanCreated' },
    ]);

    const samples = readMetrics(await (await fetch(`${url}/metrics`)).text());
    expect(valueOf(samples, 'arcadia_projection_parked', { projection: 'catalog' })).to.equal(1);
    expect(valueOf(samples, 'arcadia_projection_lag_events', { projection: 'catalog' })).to.be.greaterThan(0);
    expect(valueOf(samples, 'arcadia_projection_parked', { projection: 'deployments' })).to.equal(0);

    const logged = lines.map((line) => JSON.parse(line)).find(({ msg }) => msg.includes('parked'));
    expect(logged).to.include({
      level: 50,
      projection: 'catalog',
      position: 2,
      stream: 'plan-broken',
      type: 'PlanCreated',
      correlation_id: 'poisoner',
    });
    const listed = (await ok(probe.get('projections'))).data;
    expect(listed.find(({ name }: { name: string }) => name === 'catalog')).to.deep.include({
      status: 'parked',
      head: 2,
    });
    expect(listed.find(({ name }: { name: string }) => name === 'deployments')).to.deep.include({
      status: 'live',
      checkpoint: 2,
    });
    expect((await ok(probe.get('deployments'))).data).to.have.length(1);
  });
});

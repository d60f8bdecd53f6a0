import { expect } from 'chai';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fixedClock } from '../support/ledger/fixed-clock.ts';
import { openService, type Service } from '../../src/open-service.ts';
import { createApi, ok, type Api } from '../support/http/api.ts';
import { createTestDatabase, type TestDatabase } from '../support/database/test-database.ts';
import { testParts } from '../support/ledger/test-parts.ts';

describe('two nodes whose clocks are two hours apart', () => {
  let database: TestDatabase;
  const nodes: { service: Service; http: Server; api: Api }[] = [];

  before(async () => {
    database = await createTestDatabase();
    for (const now of ['2026-05-09T13:00:00.000Z', '2026-05-09T11:00:00.000Z']) {
      const service = await openService({ ...testParts(database.target), clock: fixedClock(now) });
      const http = service.app.listen(0, '127.0.0.1');
      await new Promise<void>((resolve) => {
        http.once('listening', resolve);
      });
      nodes.push({
        service,
        http,
        api: createApi(`http://127.0.0.1:${(http.address() as AddressInfo).port}`),
      });
    }
  });
  after(async () => {
    for (const { service, http } of nodes) {
      http.closeAllConnections();
      await new Promise((resolve) => {
        http.close(resolve);
      });
      await service.close();
    }
    await database.drop();
  });

  it('keep one order and share keys and leases by the clock of the database', async () => {
    const [ahead, behind] = nodes.map(({ api }) => api) as [Api, Api];
    const created = await ahead.post('deployments', { tenant_id: 'a', slug: 's', display_name: 'first' });
    expect(created.status).to.equal(201);
    const { id } = created.body.data;
    const position = created.headers.get('ledger-position') ?? '';
    expect(
      (await ok(behind.get(`deployments/${id}`, { headers: { 'ledger-position': position } }))).data
        .display_name,
    ).to.equal('first');
    const renamed = await behind.patch(`deployments/${id}`, { display_name: 'second' });
    await ok(Promise.resolve(renamed));
    expect(
      (
        await ok(
          ahead.get(`deployments/${id}`, {
            headers: { 'ledger-position': renamed.headers.get('ledger-position') ?? '' },
          }),
        )
      ).data.display_name,
    ).to.equal('second');

    const key = { headers: { 'Idempotency-Key': 'shared' } };
    const body = { tenant_id: 'a', slug: 'once', display_name: 'x' };
    const [one, other] = await Promise.all([
      ahead.post('deployments', body, key),
      behind.post('deployments', body, key),
    ]);
    expect([one.status, other.status]).to.deep.equal([201, 201]);
    expect(other.body).to.deep.equal(one.body);

    const { data } = await ok(
      ahead.get(`events?stream=deployment-${id}`, {
        headers: { 'ledger-position': renamed.headers.get('ledger-position') ?? '' },
      }),
    );
    expect(
      data.map(({ type, metadata }: { type: string; metadata: { recorded_at: string } }) => [
        type,
        metadata.recorded_at,
      ]),
    ).to.deep.equal([
      ['DeploymentCreated', '2026-05-09T13:00:00.000Z'],
      ['DeploymentUpdated', '2026-05-09T11:00:00.000Z'],
    ]);
  });
});

import { expect } from 'chai';
import type { Server } from 'node:http';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../../src/embedded/embedded-postgres.ts';
import { openService, type Service } from '../../src/open-service.ts';
import { createApi, ok, type Api } from '../support/http/api.ts';
import { readMetrics, valueOf } from '../support/metrics/samples.ts';
import { retryWhileAway } from '../support/database/outage.ts';
import { freeze } from './processes.ts';
import { testParts } from '../support/ledger/test-parts.ts';

describe('when the database server hangs', () => {
  let dataDir: string;
  let server: EmbeddedPostgres;
  let service: Service;
  let http: Server;
  let api: Api;
  let goOn: () => void = () => undefined;

  before(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'arcadia-frozen-'));
    // So that the server's own user can enter, and its data is in here too.
    await chmod(dataDir, 0o755);
    server = await startEmbeddedPostgres({
      dataDir,
      settings: { max_connections: '60', shared_buffers: '16MB' },
    });
    service = await openService(testParts(server.target));
    http = service.app.listen(0, '127.0.0.1');
    await new Promise<void>((resolve) => {
      http.once('listening', resolve);
    });
    api = createApi(`http://127.0.0.1:${(http.address() as AddressInfo).port}`);
  });
  after(async () => {
    goOn();
    http.closeAllConnections();
    await new Promise((resolve) => {
      http.close(resolve);
    });
    await service.close();
    await server.stop();
    await rm(dataDir, { recursive: true, force: true });
  });

  const create = (slug: string) =>
    api.post(
      'deployments',
      { tenant_id: 'frost', slug, display_name: 'x' },
      { headers: { 'Idempotency-Key': slug } },
    );
  const scrape = async () =>
    readMetrics(
      await (await fetch(`http://127.0.0.1:${(http.address() as AddressInfo).port}/metrics`)).text(),
    );

  it('answers health, ready and metrics, names what hangs, and completes requests later', async () => {
    await ok(create('before'), 201);
    expect((await retryWhileAway(() => api.get('/api/ready'))).status).to.equal(200);
    expect(valueOf(await scrape(), 'arcadia_up', { part: 'postgres' })).to.equal(1);

    goOn = freeze(server.pid);
    const meanwhile = create('meanwhile');
    expect((await api.get('/api/health')).status).to.equal(200);
    // All of these hang for ever unless the service gives up by itself: the server is let go on only after
    // them.
    const [ready, samples] = await Promise.all([api.get('/api/ready'), scrape()]);
    expect(ready.status).to.equal(503);
    expect(ready.body.checks.postgres).to.deep.equal({
      status: 'failed',
      required: true,
      reason: 'no answer within 1500 ms',
    });
    expect(ready.body.checks.projections.status).to.equal('failed');
    expect(valueOf(samples, 'arcadia_up', { part: 'postgres' })).to.equal(0);
    expect(
      valueOf(samples, 'arcadia_journal_head_position'),
      'nothing old in the place of what is not known',
    ).to.equal(undefined);
    expect(valueOf(samples, 'arcadia_appended_events_total')).to.equal(1);
    expect(valueOf(samples, 'process_resident_memory_bytes')).to.be.greaterThan(0);

    goOn();
    goOn = () => undefined;
    await ok(meanwhile, 201);
    expect((await retryWhileAway(() => api.get('/api/ready'))).status).to.equal(200);
    const after = await scrape();
    expect(valueOf(after, 'arcadia_up', { part: 'postgres' })).to.equal(1);
    expect(valueOf(after, 'arcadia_journal_head_position')).to.equal(2);
  });
});

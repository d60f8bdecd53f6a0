import { expect } from 'chai';
import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../../src/embedded/embedded-postgres.ts';
import { openService, type Service } from '../../src/open-service.ts';
import { createApi, ok, type Api, type ApiAnswer } from '../support/http/api.ts';
import { whenReady } from '../support/http/when-ready.ts';
import { expectUnavailable, retryWhileAway, recovered } from '../support/database/outage.ts';
import { testParts } from '../support/ledger/test-parts.ts';

const size = 60;

describe('when the database server is killed', () => {
  let dataDir: string;
  const servers: EmbeddedPostgres[] = [];
  let service: Service;
  let http: Server;
  let api: Api;
  /** A client without a `Ledger-Position`, so its reads never wait. */
  let probe: Api;

  const start = async () => {
    const server = await startEmbeddedPostgres({
      dataDir,
      settings: { max_connections: '60', shared_buffers: '16MB' },
    });
    servers.push(server);
    return server;
  };

  before(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'arcadia-killed-'));
    const { target } = await start();
    service = await openService(testParts(target));
    http = service.app.listen(0, '127.0.0.1');
    await new Promise<void>((resolve) => {
      http.once('listening', resolve);
    });
    const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
    [api, probe] = [createApi(url), createApi(url)];
  });
  after(async () => {
    http.closeAllConnections();
    await new Promise((resolve) => {
      http.close(resolve);
    });
    await service.close();
    for (const server of servers) await server.stop();
    await rm(dataDir, { recursive: true, force: true });
  });

  const create = (index: number) =>
    api.post(
      'deployments',
      { tenant_id: 'storm', slug: `s-${index}`, display_name: `Number ${index}` },
      { headers: { 'Idempotency-Key': `storm-${index}` } },
    );

  it('answers every command or sends 503, carries on when it is back, and loses nothing', async () => {
    await ok(create(0), 201);
    let done = 0;
    let killed = false;
    const storm = Array.from({ length: size }, async (_, index): Promise<ApiAnswer> => {
      const answer = await create(index);
      // In the middle of the other commands.
      if (++done > size / 6 && !killed) {
        killed = true;
        process.kill((servers[0] as EmbeddedPostgres).pid, 'SIGKILL');
      }
      return answer;
    });
    const answers = await Promise.all(storm);
    for (const answer of answers) if (answer.status !== 201) expectUnavailable(answer);

    // While the server is down, the service is alive and gives no wrong answer.
    expect((await probe.get('/api/health')).body).to.deep.equal({ service: 'arcadia-cloud', status: 'ok' });
    expect((await probe.get('/api/ready')).status).to.equal(503);
    expectUnavailable(await api.get('deployments'));
    expectUnavailable(
      await api.post('deployments', { tenant_id: 'storm', slug: 'never', display_name: 'x' }),
    );

    expect((await start()).target).to.deep.equal((servers[0] as EmbeddedPostgres).target);
    await retryWhileAway(() => api.get('catalog/plans'));
    const again = await Promise.all(answers.map((_, index) => retryWhileAway(() => create(index))));
    again.forEach(({ status, body }, index) => {
      expect(status, JSON.stringify(body)).to.equal(201);
      // What was acknowledged before the crash is there, word for word.
      if (answers[index]?.status === 201) expect(body).to.deep.equal(answers[index].body);
    });
    const [journal] =
      await service.sql`select count(*) as n, count(distinct stream) as streams, max(position) as head
        from journal`;
    expect(journal).to.deep.equal({ n: size, streams: size, head: size });
    // The client keeps the Ledger-Position of the last answer, which need not be the highest.
    await recovered(service);
    const { data } = await ok(retryWhileAway(() => api.get('deployments?limit=500')));
    expect(data.map((row: { slug: string }) => row.slug).sort()).to.deep.equal(
      Array.from({ length: size }, (_, index) => `s-${index}`).sort(),
    );
    await whenReady(api);
  });
});

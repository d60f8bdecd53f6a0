import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { runChild, startChild, type Child } from '../support/cli/child.ts';
import { createApi, ok, type Api, type Json } from '../support/http/api.ts';
import { whenReady } from '../support/http/when-ready.ts';
import { startProtocolServer, type ProtocolServer } from '../support/journal/eventstoredb/index.ts';
import { TEST_SECRET } from '../support/http/tokens.ts';

describe('moving the log of a service from PostgreSQL to EventStoreDB', () => {
  let data: string;
  let env: Record<string, string>;
  let server: ProtocolServer;
  let service: Child;
  let api: Api;
  /** What a client received before the move. */
  let position: string;
  let made: Json;
  let events: number;

  const arcadia = (...args: string[]) => runChild('src/cli.ts', args, env);
  const serve = async (more: Record<string, string> = {}) => {
    service = startChild('src/main.ts', [], { ...env, ...more });
    const [, url = ''] = await service.says(/listens on (http:\/\/localhost:\d+)/);
    api = createApi(url);
  };
  const create = (slug: string) =>
    api.post(
      'deployments',
      { tenant_id: 'growing', slug, display_name: slug },
      { headers: { 'idempotency-key': `key-${slug}` } },
    );
  const checkpoints = async () =>
    (await ok(api.get('projections'))).data.map(({ name, checkpoint, head, lag }: Json) => ({
      name,
      checkpoint,
      head,
      lag,
    }));

  before(async () => {
    data = await mkdtemp(join(tmpdir(), 'arcadia-growing-'));
    server = await startProtocolServer();
    env = { ARCADIA_DATA: data, JWT_SECRET: TEST_SECRET, PORT: '0', RATE_LIMIT_PER_MINUTE: '1000000' };
    await serve();
    const answer = await create('before');
    made = answer.body.data;
    position = answer.headers.get('ledger-position') as string;
  });
  after(async () => {
    service.kill('SIGKILL');
    await service.ended;
    await server.close();
    await rm(data, { recursive: true, force: true });
  });

  it('refuses a command line without a usable EventStoreDB, and quotes no password', async () => {
    const missing = await arcadia('log', 'copy');
    expect([missing.code, missing.stdout]).to.deep.equal([2, '']);
    expect(missing.stderr).to.contain('--to esdb://');
    const wrong = await arcadia('log', 'copy', '--to', 'esdb://admin:top:secret@127.0.0.1:1?tls=false');
    expect(wrong.code).to.equal(2);
    expect(wrong.stderr).to.contain('--to: ').and.to.not.contain('secret');
    const away = await arcadia('log', 'copy', '--to', 'esdb://admin:secret@127.0.0.1:1?tls=false');
    expect(away.code).to.equal(1);
    expect(away.stderr)
      .to.match(/^The event log can not be reached: .*EventStoreDB.*\n$/)
      .and.to.not.contain('secret');
  });

  it('copies beside the running service, which then takes no more commands and says why', async () => {
    const { code, stdout, stderr } = await arcadia('log', 'copy', '--to', server.url, '--json');
    expect([code, stdout.split('\n').length], stderr).to.deep.equal([0, 2]);
    const outcome = JSON.parse(stdout);
    events = outcome.events;
    expect(outcome).to.include({ present: 0 });
    expect(events)
      .to.equal(server.events().filter((event) => !event.type.startsWith('$')).length)
      .and.to.be.greaterThan(10);
    const refused = await create('too-late');
    expect(refused.status).to.equal(409);
    expect(refused.body).to.include({
      type: 'urn:arcadia-cloud:problem:not-configured',
      detail: 'the log has moved to EventStoreDB: restart with EVENTSTORE_URL',
    });
    expect((await api.get('/api/ready', { token: null })).body.checks.journal).to.include({
      status: 'failed',
    });
    expect((await ok(api.get('deployments'))).data, 'reading goes on').to.have.length(1);
    const again = await arcadia('log', 'copy', '--to', server.url);
    expect([again.code, again.stderr]).to.deep.equal([
      1,
      "This ledger's events are in EventStoreDB already: start the service with EVENTSTORE_URL.\n",
    ]);
  });

  it('no longer starts without EVENTSTORE_URL', async () => {
    service.kill('SIGTERM');
    expect(await service.ended).to.equal(0);
    const { code, stderr } = await runChild('src/main.ts', [], env);
    expect([code, stderr]).to.deep.equal([
      1,
      "This ledger's events are in EventStoreDB: set EVENTSTORE_URL. " +
        '(Its journal in PostgreSQL only follows.)\n',
    ]);
  });

  it('continues with the same positions, nothing rebuilt, and all keys still good', async () => {
    await serve({ EVENTSTORE_URL: server.url });
    for (const row of await checkpoints())
      expect(row).to.deep.include({ checkpoint: events, head: events, lag: 0 });
    expect((await create('before')).body.data).to.deep.equal(made);
    expect(
      (await ok(api.get('deployments', { headers: { 'ledger-position': position } }))).data,
    ).to.have.nested.property('[0].id', made.id);
    const { status, headers } = await create('after');
    expect(status).to.equal(201);
    expect(headers.get('ledger-position')?.split(':')[0]).to.equal(position.split(':')[0]);
    expect((await ok(api.get('deployments'))).data).to.have.length(2);
    for (const row of await checkpoints()) expect(row).to.deep.include({ head: events + 1 });
    expect(await whenReady(api)).to.include.keys('eventstoredb', 'journal');
  });

  it('ends with one message when EventStoreDB turns out to be another one', async () => {
    await server.wipe();
    server.write('foreign', [{ type: 'Foreign', data: {} }]);
    expect(await service.ended).to.equal(1);
    const logged = service.stderr().trim().split('\n');
    expect(logged, service.stderr()).to.have.length(1);
    expect(logged[0]).to.match(/event log|EventStoreDB is not the one/);
  });
});

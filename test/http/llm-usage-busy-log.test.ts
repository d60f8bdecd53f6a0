import { expect } from 'chai';
import { ok, problem, type Json } from '../support/http/api.ts';
import { startProtocolServer, type ProtocolServer } from '../support/journal/eventstoredb/index.ts';
import { startTestLedger, type TestLedger } from '../support/ledger/test-ledger.ts';
import { serviceToken } from '../support/http/tokens.ts';

const gateway = { token: serviceToken() };

// A process uses one EventStoreDB only, so a run that keeps its events in a real one skips this.
const onItsOwn = process.env['EVENTSTORE_URL'] === undefined ? describe : () => undefined;

onItsOwn('LLM usage over HTTP, with the log in an EventStoreDB that is busy', () => {
  let server: ProtocolServer;
  let ledger: TestLedger;
  let deployment: string;

  before(async () => {
    server = await startProtocolServer();
    ledger = await startTestLedger({ eventStoreUrl: server.url });
    deployment = (
      await ok(ledger.api.post('deployments', { tenant_id: 'acme', slug: 'chat', display_name: 'Chat' }), 201)
    ).data.id;
  });
  after(async () => {
    await ledger.close();
    await server.close();
  });

  const report = (gateway_request_id: string): Json => ({
    gateway_request_id,
    deployment_id: deployment,
    model: 'large',
    input_tokens: 1,
    output_tokens: 1,
    charge_cents: '0.01',
    occurred_at: '2026-04-30T23:59:59Z',
  });
  const reports = (name: string, count: number) => ({
    events: Array.from({ length: count }, (_, n) => report(`${name}-${n}`)),
  });
  const send = (body: Json) => ledger.api.post('integrations/llm-usage', body, gateway);
  const answeredAs = (answer: Json, status: string) =>
    (answer.data as Json[]).filter((item) => item.status === status);
  const unavailable = async (sent: ReturnType<typeof send>) => {
    expect(await problem(sent, 503)).to.include({ type: 'urn:arcadia-cloud:problem:unavailable' });
  };
  const streams = () => server.events().filter(({ stream }) => stream.startsWith('llm-')).length;

  it('three senders of a thousand reports each get through', async () => {
    server.limitAppends(700);
    const answers = await Promise.all(['a', 'b', 'c'].map((name) => ok(send(reports(name, 1_000)))));
    server.limitAppends(Infinity);
    for (const answer of answers) expect(answeredAs(answer, 'recorded')).to.have.length(1_000);
    expect(streams()).to.equal(3_000);
  });

  it('a batch that was sent before is answered though reads for it are late', async () => {
    await ok(send(reports('again', 50)));
    server.loseNextReads(3);
    expect(answeredAs(await ok(send(reports('again', 50))), 'duplicate')).to.have.length(50);
  });

  it('a log that does not answer is a 503 after ten seconds, for new and for known reports', async () => {
    await ok(send(reports('known', 10)));
    server.freeze();
    const start = performance.now();
    await Promise.all(
      [send(reports('new', 1_000)), send(reports('known', 10))].map(async (sent) => {
        await unavailable(sent);
        // Ten seconds are documented; timers are late on a busy machine.
        expect(performance.now() - start).to.be.within(5_000, 14_000);
      }),
    );
    server.thaw();
    expect(answeredAs(await ok(send(reports('known', 10))), 'duplicate')).to.have.length(10);
  });

  it('reads alone that do not answer are the same 503', async () => {
    server.loseNextReads(Infinity);
    const start = performance.now();
    await unavailable(send(reports('known', 10)));
    expect(performance.now() - start).to.be.within(5_000, 14_000);
    server.loseNextReads(0);
    await ok(send(reports('known', 10)));
  });
});

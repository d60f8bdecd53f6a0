import { EventStoreDBClient, jsonEvent, NO_STREAM as CLIENT_NO_STREAM } from '@eventstore/db-client';
import { expect } from 'chai';
import { encodeAppend } from '../../../../src/journal/encode-append.ts';
import { NO_STREAM } from '../../../../src/journal/event-log.ts';
import { createAppendCalls } from '../../../../src/journal/eventstoredb/client-repairs/append-calls.ts';
import { startProtocolServer, type ProtocolServer } from '../../../support/journal/eventstoredb/index.ts';
import { until } from '../../../support/runtime/until.ts';
import { someEvent } from '../../contract.ts';

type Append = (stream: string) => Promise<unknown>;

describe('appends to two servers at once', () => {
  let servers: [ProtocolServer, ProtocolServer];
  let clients: [EventStoreDBClient, EventStoreDBClient];
  beforeEach(async () => {
    servers = [await startProtocolServer(), await startProtocolServer()];
    clients = servers.map(({ url }) => EventStoreDBClient.connectionString(url)) as typeof clients;
  });
  afterEach(async () => {
    await Promise.all(clients.map((client) => client.dispose()));
    await Promise.all(servers.map((server) => server.close()));
  });

  /** Cuts the first server's connections under an append to each of them, none of which is answered yet. */
  async function cutFirst([first, second]: [Append, Append]) {
    await Promise.all([first('before'), second('before')]);
    for (const server of servers) server.freeze();
    const settled: string[] = [];
    const settling = [first('during'), second('during')].map((append, index) =>
      append.then(
        () => settled.push(`${index} stored`),
        () => settled.push(`${index} failed`),
      ),
    );
    servers[0].cutConnections();
    await until('the first append fails', () => settled.includes('0 failed'));
    return { settled, settling };
  }

  it('fail for their own connection alone', async () => {
    const { settled, settling } = await cutFirst(
      clients.map((client): Append => {
        const calls = createAppendCalls(client);
        return (stream) =>
          calls.append({
            stream,
            events: encodeAppend(stream, [someEvent()]).events,
            expectedRevision: NO_STREAM,
            signal: new AbortController().signal,
            silenceMs: 60_000,
          });
      }) as [Append, Append],
    );
    expect(settled).to.deep.equal(['0 failed']);
    servers[1].thaw();
    await Promise.all(settling);
    expect(settled).to.deep.equal(['0 failed', '1 stored']);
  });

  it('the client alone fails an append to one server with the error of another', async () => {
    const { settled } = await cutFirst(
      clients.map(
        (client): Append =>
          (stream) =>
            client.appendToStream(stream, [jsonEvent({ type: 'Tick', data: {} })], {
              expectedRevision: CLIENT_NO_STREAM,
            }),
      ) as [Append, Append],
    );
    expect(settled).to.deep.equal(['0 failed', '1 failed']);
    // The second server's answer would now end the process.
    servers[1].cutConnections();
  });
});

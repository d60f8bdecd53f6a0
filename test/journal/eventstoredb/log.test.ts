import { randomUUID } from 'node:crypto';
import { openEventStore } from '../../../src/journal/eventstoredb/client.ts';
import { openEventStoreLog } from '../../../src/journal/eventstoredb/log.ts';
import { Front } from '../../support/journal/eventstoredb/front.ts';
import { startProtocolServer } from '../../support/journal/eventstoredb/index.ts';
import { eventLogContract, type OpenedLog } from '../contract.ts';
import { followInMemory } from './following-journal.ts';

/**
 * A log on a server, followed from its present end by a journal in memory; `cut` breaks the server's
 * connections.
 */
async function openOn(
  url: string,
  streamPrefix: string,
  cut: () => void,
  closeServer: () => Promise<void>,
): Promise<OpenedLog> {
  const store = openEventStore(url);
  const journal = followInMemory(store, streamPrefix, await store.end());
  return {
    log: openEventStoreLog({ store, id: randomUUID(), journal, streamPrefix }),
    cutConnections: async () => {
      cut();
    },
    close: async () => {
      await journal.stop();
      await store.close();
      await closeServer();
    },
  };
}

eventLogContract('EventStoreDB, protocol server', async () => {
  const server = await startProtocolServer();
  return openOn(
    server.url,
    '',
    () => {
      server.cutConnections();
    },
    () => server.close(),
  );
});

const realUrl = process.env.EVENTSTORE_URL;
const realNode = /^esdb:\/\/(?:127\.0\.0\.1|localhost):(\d+)\?tls=false$/.exec(realUrl ?? '');

if (realUrl !== undefined) {
  // Every run has streams of its own; only a node on this machine can have its connections cut on the way.
  eventLogContract('EventStoreDB, the server at EVENTSTORE_URL', async () => {
    const prefix = `contract-${randomUUID()}-`;
    if (realNode === null)
      return openOn(
        realUrl,
        prefix,
        () => undefined,
        async () => undefined,
      );
    const front = new Front(Number(realNode[1]));
    return openOn(
      `esdb://127.0.0.1:${await front.listen(0)}?tls=false`,
      prefix,
      () => {
        front.cut();
      },
      () => front.stop(),
    );
  });
}

// An EventStoreDB server for tests, in memory: it speaks the protocol of version 23.10 to the real
// `@eventstore/db-client`, so that tests of the event log in EventStoreDB mode need no server. What it
// refuses and repeats, and with which error, follows a real server's behaviour. Faults are methods of it.
//
//   const server = await startProtocolServer();          // options: see ServerOptions
//   EventStoreDBClient.connectionString(server.url)      // server.discoveryUrl: the same by way of gossip
//   server.url + '&defaultDeadline=500'                  // more of the client's parameters
//   server.events()                                      // all records in order, `$` events included
//   server.write('stream', [{ type, data, metadata }])   // events of another writer, of any shape
//   server.burst(200)                                    // many at once: live subscriptions are dropped
//   await server.stop(); await server.start();           // killed and started again: same port, same events
//   server.freeze(); server.thaw();                      // accepts connections, answers nothing
//   server.cutConnections();                             // as a network does; the server goes on
//   server.dropSubscriptions('consumer-too-slow');       // or 'unavailable', 'not-leader', 'shutdown'
//   server.loseNextAppendAnswer();                       // stored, but the call is cut
//   server.loseNextReads(3);                             // never answered
//   server.delayReads(20);                               // milliseconds
//   server.limitAppends(500);                            // a second, as on a busy server
//   server.notLeader(2);                                 // refuses the next two calls
//   server.writeSystemEvent('$metadata');                // or '$statsCollected'
//   server.scavenge((event) => event.stream === 'gone');
//   await server.wipe();                                 // another server at the same address
//   server.calls('BatchAppend'), server.openSubscriptions, server.openCalls('Read'), server.connections
//   server.mostOpenCalls('Read')                         // the most that were open at the same time
//   await server.close();
//
// A client needs a moment to see that its connection has been cut: what it calls before that is rejected as
// unavailable. A disposed client keeps its connection until that has been idle for long: `connections` is no
// count of clients.
//
// Live subscriptions are dropped as "consumer too slow" when an append puts more than 64 events before them
// at once, as the real server drops them: subscribing again is normal operation. `liveBuffer: Infinity` turns
// that off.
import { Server, ServerCredentials } from '@grpc/grpc-js';
import { appendCall } from './append-call.ts';
import { batchAppendCall } from './batch-append-call.ts';
import { makeCertificate } from './certificate.ts';
import { deleteCall, tombstoneCall } from './delete-calls.ts';
import { Front } from './front.ts';
import { services } from './messages.ts';
import { ServerNode, type Credentials } from './node.ts';
import { gossipCall, supportedMethodsCall } from './node-calls.ts';
import { ProtocolServer } from './protocol-server.ts';
import { readCall } from './read-call.ts';

export { ProtocolServer } from './protocol-server.ts';
export type { EventToWrite, StoredEvent } from './stored-event.ts';
export type { DropReason } from './protocol-server.ts';

export interface ServerOptions {
  /** Serve TLS with a certificate of its own; `url` names the file that makes the client trust it. */
  tls?: boolean;
  /**
   * The credentials of the one user that may read and write; without them every client may. The client sends
   * credentials over TLS only, so `tls` is needed.
   */
  credentials?: Credentials;
  /** How many new events wait for a live subscription before it is dropped; default: 32. */
  liveBuffer?: number;
}

/** Starts a server on a free port of the loopback interface. */
export async function startProtocolServer(options: ServerOptions = {}): Promise<ProtocolServer> {
  if (options.credentials !== undefined && options.tls !== true)
    throw new Error('The client sends credentials over TLS only: set tls as well.');
  const certificate = options.tls === true ? await makeCertificate() : null;
  const node = new ServerNode(options.credentials ?? null, options.liveBuffer ?? 32);
  const grpc = new Server({ 'grpc.max_receive_message_length': -1 });
  grpc.addService(services.StreamsService, {
    read: readCall(node),
    append: appendCall(node),
    batchAppend: batchAppendCall(node),
    delete: deleteCall(node),
    tombstone: tombstoneCall(node),
  });
  grpc.addService(services.GossipService, { read: gossipCall(node) });
  grpc.addService(services.ServerFeaturesService, { getSupportedMethods: supportedMethodsCall(node) });
  const innerPort = await new Promise<number>((resolve, reject) => {
    const credentials =
      certificate === null
        ? ServerCredentials.createInsecure()
        : ServerCredentials.createSsl(null, [{ private_key: certificate.key, cert_chain: certificate.cert }]);
    grpc.bindAsync('127.0.0.1:0', credentials, (error, port) => {
      if (error === null) resolve(port);
      else reject(error);
    });
  });
  const front = new Front(innerPort);
  node.endpoint.port = await front.listen(0);
  return new ProtocolServer({ node, front, grpc, certificate });
}

// Opens the call that append-calls.ts keeps its record of: the client's methods that open calls are for
// subclasses only.
//
// Upstream: @eventstore/db-client 6.2.1, as in the other file append-calls.ts
// Needed: test/journal/eventstoredb/client-repairs/append-calls.test.ts
// May go when: the other files have gone.
import { EventStoreDBClient } from '@eventstore/db-client';
import { StreamsClient } from '@eventstore/db-client/generated/streams_grpc_pb.js';

/** One open BatchAppend call. */
export type BatchAppendCall = Awaited<ReturnType<typeof openBatchAppend>>;

/** The client's methods that open calls are for subclasses only. */
class ClientCalls extends EventStoreDBClient {
  static batchAppend(client: EventStoreDBClient) {
    const own: ClientCalls = client;
    const open = (grpc: StreamsClient) => grpc.batchAppend(...own.callArguments({}, { deadline: Infinity }));
    return own.GRPCStreamCreator(StreamsClient, 'appendToStream', open)();
  }
}

/**
 * Opens a call on the client's own channel, with its discovery, credentials and reconnecting. The client's
 * `dispose` ends it, as it ends the client's own calls.
 */
export const openBatchAppend = (client: EventStoreDBClient) => ClientCalls.batchAppend(client);

import { EventStoreDBClient } from '@eventstore/db-client';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import { StreamsClient, StreamsService } from '@eventstore/db-client/generated/streams_grpc_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import { decodeReadAnswer } from './read-answer.ts';

/** A read of the whole log under way. */
export type ReadAllCall = Awaited<ReturnType<typeof openReadAll>>;

const { path, requestSerialize } = StreamsService.read;

/** The client's methods that open calls are for subclasses only. */
class ClientCalls extends EventStoreDBClient {
  static readAll(client: EventStoreDBClient, request: streams.ReadReq) {
    const own: ClientCalls = client;
    const open = (grpc: StreamsClient) => {
      const [metadata, options] = own.callArguments({}, { deadline: Infinity });
      return grpc.makeServerStreamRequest(
        path,
        requestSerialize,
        decodeReadAnswer,
        request,
        metadata,
        options,
      );
    };
    return own.GRPCStreamCreator(StreamsClient, 'readAll', open)();
  }
}

/**
 * Opens a read of the whole log from a position on (inclusive; null: the start) to its end, as the client's
 * `readAll` does, on the same channel. Its answers are decoded here.
 */
export async function openReadAll(client: EventStoreDBClient, from: bigint | null) {
  return ClientCalls.readAll(client, requestFrom(from));
}

function requestFrom(from: bigint | null): streams.ReadReq {
  const { Options } = streams.ReadReq;
  const all = new Options.AllOptions();
  if (from === null) all.setStart(new shared.Empty());
  else {
    const position = new Options.Position();
    position.setCommitPosition(String(from));
    position.setPreparePosition(String(from));
    all.setPosition(position);
  }
  const ids = new Options.UUIDOption();
  ids.setString(new shared.Empty());
  const options = new Options();
  options.setAll(all);
  options.setCount(String(Number.MAX_SAFE_INTEGER));
  options.setUuidOption(ids);
  options.setNoFilter(new shared.Empty());
  const request = new streams.ReadReq();
  request.setOptions(options);
  return request;
}

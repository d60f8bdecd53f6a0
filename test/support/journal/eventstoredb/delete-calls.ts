// Streams.Delete and Streams.Tombstone: the end of a stream, until the next append or for good.
import type { handleUnaryCall } from '@grpc/grpc-js';
import { streamNameOf, streams, type StreamMessages } from './messages.ts';
import type { ServerNode } from './node.ts';
import { refusals, type Refusal } from './refusals.ts';
import { ANY, NO_STREAM, softDelete, STREAM_EXISTS, tombstone, type WriteResult } from './writes.ts';

type Options = StreamMessages.DeleteReq.Options | StreamMessages.TombstoneReq.Options;

export function deleteCall(
  node: ServerNode,
): handleUnaryCall<StreamMessages.DeleteReq, StreamMessages.DeleteResp> {
  return (call, callback) => {
    const ended = node.count('Delete');
    const done = early(node, call.metadata) ?? remove(node, call.request.getOptions(), softDelete);
    ended();
    if (typeof done !== 'bigint') {
      callback(done);
      return;
    }
    const position = new streams.DeleteResp.Position()
      .setCommitPosition(`${done}`)
      .setPreparePosition(`${done}`);
    callback(null, new streams.DeleteResp().setPosition(position));
  };
}

export function tombstoneCall(
  node: ServerNode,
): handleUnaryCall<StreamMessages.TombstoneReq, StreamMessages.TombstoneResp> {
  return (call, callback) => {
    const ended = node.count('Tombstone');
    const done = early(node, call.metadata) ?? remove(node, call.request.getOptions(), tombstone);
    ended();
    if (typeof done !== 'bigint') {
      callback(done);
      return;
    }
    const position = new streams.TombstoneResp.Position()
      .setCommitPosition(`${done}`)
      .setPreparePosition(`${done}`);
    callback(null, new streams.TombstoneResp().setPosition(position));
  };
}

function early(node: ServerNode, metadata: Parameters<ServerNode['accessRefusal']>[0]): Refusal | null {
  return node.accessRefusal(metadata) ?? node.leadershipRefusal();
}

/** The position of the written record, or the refusal. */
function remove(node: ServerNode, options: Options | undefined, write: typeof softDelete): bigint | Refusal {
  if (options === undefined) return refusals.unforeseen();
  const stream = streamNameOf(options.getStreamIdentifier());
  const expected = expectedRevision(options);
  const result: WriteResult = write(node.log, stream, expected);
  switch (result.outcome) {
    case 'written':
      return result.position ?? refusals.unforeseen();
    case 'stream-deleted':
      return refusals.streamDeleted(stream);
    case 'wrong-expected-version':
      return refusals.wrongExpectedVersion('Delete', stream, expected, result.current);
  }
}

function expectedRevision(options: Options): bigint {
  if (options.hasNoStream()) return NO_STREAM;
  if (options.hasStreamExists()) return STREAM_EXISTS;
  return options.hasRevision() ? BigInt(options.getRevision()) : ANY;
}

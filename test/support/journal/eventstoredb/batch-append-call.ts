// Streams.BatchAppend: the one call that carries all appends of a client, distinguished by their correlation
// ids. An append may come in several messages; it is stored when its last has come.
import type { handleBidiStreamingCall } from '@grpc/grpc-js';
import { batchAnswer, batchErrors } from './batch-append-status.ts';
import {
  streamIdentifier,
  streamNameOf,
  streams,
  uuidMessage,
  type StatusMessages,
  type StreamMessages,
} from './messages.ts';
import type { ServerNode } from './node.ts';
import { appendBytes, MAX_APPEND_BYTES, readProposal } from './proposed-event.ts';
import { refusals, type Refusal } from './refusals.ts';
import type { EventDraft } from './server-log.ts';
import { ANY, append, NO_STREAM, STREAM_EXISTS } from './writes.ts';

type BatchHandler = handleBidiStreamingCall<StreamMessages.BatchAppendReq, StreamMessages.BatchAppendResp>;
type Options = StreamMessages.BatchAppendReq.Options;
interface Pending {
  stream: string;
  expected: bigint;
  events: EventDraft[];
  ended: () => void;
}

/**
 * Answers each append by itself; only a lost connection and a lost leadership end the call, and with it all
 * its appends.
 */
export function batchAppendCall(node: ServerNode): BatchHandler {
  return (call) => {
    const pending = new Map<string, Pending>();
    let over = false;
    const finish = (): void => {
      over = true;
      for (const { ended } of pending.values()) ended();
      pending.clear();
    };
    const fail = (refusal: Refusal): void => {
      finish();
      call.emit('error', refusal);
    };
    call.on('cancelled', finish);
    call.on('end', () => {
      if (!over) call.end();
      finish();
    });
    if (node.caller(call.metadata) === 'rejected') {
      fail(refusals.unauthenticated());
      return;
    }
    const denied = node.caller(call.metadata) !== 'known';
    call.on('data', (request: StreamMessages.BatchAppendReq) => {
      if (over) return;
      receive(node, pending, request, denied, (outcome) => {
        // What has been read is stored, even when no caller waits for the answer any more.
        if (over) return;
        if ('code' in outcome) fail(outcome);
        else call.write(outcome.setCorrelationId(uuidMessage(request.getCorrelationId()?.getString() ?? '')));
      });
    });
  };
}

/** How the server reacts to the message: not yet, with an answer to its append, or by ending the call. */
function receive(
  node: ServerNode,
  pending: Map<string, Pending>,
  request: StreamMessages.BatchAppendReq,
  denied: boolean,
  answer: (outcome: StreamMessages.BatchAppendResp | Refusal) => void,
): void {
  const id = request.getCorrelationId()?.getString() ?? '';
  const options = request.getOptions();
  if (options !== undefined) {
    const ended = node.count('BatchAppend');
    const refused = denied ? batchErrors.accessDenied() : isOverdue(options) ? batchErrors.timeout() : null;
    const stream = streamNameOf(options.getStreamIdentifier());
    if (refused !== null) {
      ended();
      answer(errorAnswer(stream, refused));
      return;
    }
    pending.set(id, { stream, expected: expectedRevision(options), events: [], ended });
  }
  const append = pending.get(id);
  if (append === undefined) return;
  const refused = addEvents(append, request.getProposedMessagesList());
  if (refused === null && !request.getIsFinal()) return;
  const decide = (): void => {
    pending.delete(id);
    append.ended();
    answer(refused !== null ? errorAnswer(append.stream, refused) : store(node, append));
  };
  node.writer.take(decide);
}

function addEvents(
  append: Pending,
  messages: readonly StreamMessages.BatchAppendReq.ProposedMessage[],
): StatusMessages.Status | null {
  for (const message of messages) {
    const event = readProposal(message);
    if ('missing' in event)
      return batchErrors.badRequest(`The given key '${event.missing}' was not present in the dictionary.`);
    append.events.push(event);
  }
  return appendBytes(append.events) > MAX_APPEND_BYTES ? batchErrors.tooLarge() : null;
}

function store(
  node: ServerNode,
  { stream, expected, events }: Pending,
): StreamMessages.BatchAppendResp | Refusal {
  const notLeader = node.leadershipRefusal();
  if (notLeader !== null) return notLeader;
  const result = append(node.log, stream, expected, events);
  if (node.answerToLose && result.outcome === 'written') {
    node.answerToLose = false;
    return refusals.connectionDropped();
  }
  return batchAnswer(result, stream, expected).setStreamIdentifier(streamIdentifier(stream));
}

function errorAnswer(stream: string, error: StatusMessages.Status): StreamMessages.BatchAppendResp {
  return new streams.BatchAppendResp().setError(error).setStreamIdentifier(streamIdentifier(stream));
}

/** Whether the append's deadline has passed by the time it is read, as after a freeze. */
function isOverdue(options: Options): boolean {
  const deadline = options.getDeadline();
  return deadline !== undefined && deadline.toDate().getTime() <= Date.now();
}

function expectedRevision(options: Options): bigint {
  if (options.hasNoStream()) return NO_STREAM;
  if (options.hasStreamExists()) return STREAM_EXISTS;
  return options.hasStreamPosition() ? BigInt(options.getStreamPosition()) : ANY;
}

// Streams.Append: one append a call; the client uses it for a call with its own credentials.
import type { handleClientStreamingCall } from '@grpc/grpc-js';
import { shared, streams, streamNameOf, type StreamMessages } from './messages.ts';
import type { ServerNode } from './node.ts';
import { appendBytes, MAX_APPEND_BYTES, readProposal } from './proposed-event.ts';
import { refusals, type Refusal } from './refusals.ts';
import type { EventDraft } from './server-log.ts';
import { ANY, append, NO_STREAM, STREAM_EXISTS } from './writes.ts';

type AppendHandler = handleClientStreamingCall<StreamMessages.AppendReq, StreamMessages.AppendResp>;
type Options = StreamMessages.AppendReq.Options;

/** Answers when the client has sent all, or at once when what it sends is refused. */
export function appendCall(node: ServerNode): AppendHandler {
  return (call, callback) => {
    const ended = node.count('Append');
    let options: Options | undefined;
    const events: EventDraft[] = [];
    let answered = false;
    const answer = (refusal: Refusal | null, response?: StreamMessages.AppendResp): void => {
      if (!answered) {
        if (refusal === null) callback(null, response);
        else callback(refusal);
      }
      answered = true;
      ended();
    };
    call.on('cancelled', ended);
    const early = node.accessRefusal(call.metadata) ?? node.leadershipRefusal();
    if (early !== null) {
      answer(early);
      return;
    }
    call.on('data', (request: StreamMessages.AppendReq) => {
      options ??= request.getOptions();
      const proposal = request.getProposedMessage();
      if (proposal === undefined) return;
      const event = readProposal(proposal);
      if ('missing' in event) {
        answer(refusals.requiredMetadataMissing(event.missing));
        return;
      }
      events.push(event);
      if (appendBytes(events) > MAX_APPEND_BYTES) answer(refusals.maxAppendSizeExceeded(MAX_APPEND_BYTES));
    });
    call.on('end', () => {
      if (answered) return;
      if (options === undefined) {
        answer(refusals.unforeseen());
        return;
      }
      const { refusal, response } = write(node, options, events);
      answer(refusal, response);
    });
  };
}

function write(
  node: ServerNode,
  options: Options,
  events: readonly EventDraft[],
): { refusal: Refusal | null; response?: StreamMessages.AppendResp } {
  const stream = streamNameOf(options.getStreamIdentifier());
  const result = append(node.log, stream, expectedRevision(options), events);
  if (result.outcome === 'stream-deleted') return { refusal: refusals.streamDeleted(stream) };
  if (result.outcome === 'wrong-expected-version')
    return { refusal: null, response: conflict(options, result.current) };
  if (node.answerToLose) {
    node.answerToLose = false;
    return { refusal: refusals.connectionDropped() };
  }
  const success = new streams.AppendResp.Success().setCurrentRevision(`${result.revision}`);
  if (result.position === null) success.setNoPosition(new shared.Empty());
  else
    success.setPosition(
      new streams.AppendResp.Position()
        .setCommitPosition(`${result.position}`)
        .setPreparePosition(`${result.position}`),
    );
  return { refusal: null, response: new streams.AppendResp().setSuccess(success) };
}

function expectedRevision(options: Options): bigint {
  if (options.hasNoStream()) return NO_STREAM;
  if (options.hasStreamExists()) return STREAM_EXISTS;
  return options.hasRevision() ? BigInt(options.getRevision()) : ANY;
}

/** A wrong expected revision is answered without an error of the call; the client throws one. */
function conflict(options: Options, current: bigint): StreamMessages.AppendResp {
  const wrong = new streams.AppendResp.WrongExpectedVersion();
  if (options.hasRevision()) wrong.setExpectedRevision(options.getRevision());
  else if (options.hasNoStream()) wrong.setExpectedNoStream(new shared.Empty());
  else if (options.hasStreamExists()) wrong.setExpectedStreamExists(new shared.Empty());
  else wrong.setExpectedAny(new shared.Empty());
  if (current < 0n) wrong.setCurrentNoStream(new shared.Empty());
  else wrong.setCurrentRevision(`${current}`);
  return new streams.AppendResp().setWrongExpectedVersion(wrong);
}

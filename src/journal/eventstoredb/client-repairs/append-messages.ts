// The messages of the call that append-calls.ts keeps its record of: the client exports neither their classes
// nor its reading of a refusal.
//
// Upstream: @eventstore/db-client 6.2.1, as in the other file append-calls.ts
// Needed: test/journal/eventstoredb/client-repairs/append-calls.test.ts
// May go when: the other files have gone.
import { unpackToCommandError } from '@eventstore/db-client/dist/streams/appendToStream/unpackError.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import messages from '@eventstore/db-client/generated/streams_pb.js';
import type { EncodedEvent } from '../../encode-append.ts';
import { NO_STREAM } from '../../event-log.ts';

/** The server's answer to one append of a call. */
export type BatchAppendResponse = InstanceType<typeof messages.BatchAppendResp>;

/** An append's outcome: the stream's revision, and the position of its last event (null: not given). */
export interface AppendAnswer {
  revision: bigint;
  position: bigint | null;
}

/** The append that an answer is for, as {@link requestOf} named it. */
export function correlationOf(response: BatchAppendResponse): string {
  const id = response.getCorrelationId();
  const structured = id?.getStructured();
  if (structured === undefined) return id?.getString() ?? '';
  const hex = [structured.getMostSignificantBits(), structured.getLeastSignificantBits()]
    .map((bits) => BigInt.asUintN(64, BigInt(bits)).toString(16).padStart(16, '0'))
    .join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

/**
 * The outcome of an append, or its error.
 * @throws when the answer cannot be read
 */
export function answerOf(response: BatchAppendResponse, stream: string): AppendAnswer | Error {
  const success = response.getSuccess();
  const error = response.getError();
  if (success !== undefined) {
    const position = success.getPosition()?.getCommitPosition();
    return {
      revision: BigInt(success.getCurrentRevision()),
      position: position === undefined ? null : BigInt(position),
    };
  }
  if (error?.getDetails() !== undefined) return unpackToCommandError(error, stream);
  const reason = error?.getMessage() ?? 'without a reason';
  return new Error(`EventStoreDB refused an append to ${stream}: ${reason}`);
}

/**
 * A request to append events at an exact revision.
 * @param correlation a uuid, which the answer repeats
 */
export function requestOf(
  correlation: string,
  stream: string,
  events: readonly EncodedEvent[],
  expectedRevision: number,
) {
  const options = new messages.BatchAppendReq.Options();
  const identifier = new shared.StreamIdentifier();
  identifier.setStreamName(Buffer.from(stream));
  options.setStreamIdentifier(identifier);
  if (expectedRevision === NO_STREAM) options.setNoStream(new shared.Empty());
  else options.setStreamPosition(String(expectedRevision));
  const request = new messages.BatchAppendReq();
  request.setCorrelationId(uuidOf(correlation));
  request.setOptions(options);
  request.setProposedMessagesList(events.map(proposalOf));
  request.setIsFinal(true);
  return request;
}

function proposalOf(event: EncodedEvent) {
  const proposal = new messages.BatchAppendReq.ProposedMessage();
  proposal.setId(uuidOf(event.id));
  proposal.getMetadataMap().set('type', event.type).set('content-type', 'application/json');
  proposal.setData(Buffer.from(event.data));
  proposal.setCustomMetadata(Buffer.from(event.metadata));
  return proposal;
}

function uuidOf(text: string) {
  const uuid = new shared.UUID();
  uuid.setString(text);
  return uuid;
}

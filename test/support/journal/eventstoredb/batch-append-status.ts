// The answers of the batched append: an error is a message there, not the end of the call.
import type { Message } from 'google-protobuf';
import {
  protobufAny,
  protobufEmpty,
  shared,
  status,
  streamIdentifier,
  streams,
  type StatusMessages,
  type StreamMessages,
} from './messages.ts';
import { MAX_APPEND_BYTES } from './proposed-event.ts';
import { ANY, NO_STREAM, STREAM_EXISTS, type WriteResult } from './writes.ts';

/** google.rpc.Code */
const code = {
  unknown: 2,
  invalidArgument: 3,
  deadlineExceeded: 4,
  notFound: 5,
  alreadyExists: 6,
  permissionDenied: 7,
} as const;

/** An error with its details, a message of the named type by which the client recognises it. */
function error(number: number, name: string, details: Message): StatusMessages.Status {
  const packed = new protobufAny.Any();
  packed.pack(details.serializeBinary(), `event_store.client.${name}`);
  return new status.Status().setCode(number).setMessage(name).setDetails(packed);
}

export const batchErrors = {
  accessDenied: () => error(code.permissionDenied, 'AccessDenied', new shared.AccessDenied()),
  timeout: () => error(code.deadlineExceeded, 'Timeout', new shared.Timeout()),
  tooLarge: () =>
    error(
      code.invalidArgument,
      'MaximumAppendSizeExceeded',
      new shared.MaximumAppendSizeExceeded().setMaxappendsize(MAX_APPEND_BYTES),
    ),
  badRequest: (message: string) =>
    error(code.invalidArgument, 'BadRequest', new shared.BadRequest().setMessage(message)),
};

/** The answer to an append, without its correlation id. */
export function batchAnswer(
  result: WriteResult,
  stream: string,
  expected: bigint,
): StreamMessages.BatchAppendResp {
  const response = new streams.BatchAppendResp();
  switch (result.outcome) {
    case 'stream-deleted':
      return response.setError(
        error(
          code.notFound,
          'StreamDeleted',
          new shared.StreamDeleted().setStreamIdentifier(streamIdentifier(stream)),
        ),
      );
    case 'wrong-expected-version':
      return response.setError(
        error(code.alreadyExists, 'WrongExpectedVersion', conflict(result.current, expected)),
      );
    case 'written': {
      const success = new streams.BatchAppendResp.Success().setCurrentRevision(`${result.revision}`);
      if (result.position === null) success.setNoPosition(new protobufEmpty.Empty());
      else
        success.setPosition(
          new shared.AllStreamPosition()
            .setCommitPosition(`${result.position}`)
            .setPreparePosition(`${result.position}`),
        );
      return response.setSuccess(success);
    }
  }
}

function conflict(current: bigint, expected: bigint): Message {
  const wrong = new shared.WrongExpectedVersion();
  if (current < 0n) wrong.setCurrentNoStream(new protobufEmpty.Empty());
  else wrong.setCurrentStreamRevision(`${current}`);
  if (expected === ANY) wrong.setExpectedAny(new protobufEmpty.Empty());
  else if (expected === NO_STREAM) wrong.setExpectedNoStream(new protobufEmpty.Empty());
  else if (expected === STREAM_EXISTS) wrong.setExpectedStreamExists(new protobufEmpty.Empty());
  else wrong.setExpectedStreamPosition(`${expected}`);
  return wrong;
}

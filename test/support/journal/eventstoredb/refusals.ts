// The errors that end a call, with the status codes and trailers of the real server: the client makes its
// errors of them.
import { Metadata, status } from '@grpc/grpc-js';

/** The error that a gRPC call ends with. */
export interface Refusal {
  code: status;
  details: string;
  metadata: Metadata;
}

function refusal(code: status, details: string, trailers: Record<string, string> = {}): Refusal {
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(trailers)) metadata.set(name, value);
  return { code, details, metadata };
}

export const refusals = {
  accessDenied: () => refusal(status.PERMISSION_DENIED, 'Access Denied', { exception: 'access-denied' }),
  unauthenticated: () => refusal(status.UNAUTHENTICATED, 'Unauthenticated'),
  streamDeleted: (stream: string) =>
    refusal(status.FAILED_PRECONDITION, `Event stream '${stream}' is deleted.`, {
      exception: 'stream-deleted',
      'stream-name': stream,
    }),
  wrongExpectedVersion: (operation: string, stream: string, expected: bigint, actual: bigint) =>
    refusal(
      status.FAILED_PRECONDITION,
      `${operation} failed due to WrongExpectedVersion. ` +
        `Stream: ${stream}, Expected version: ${expected}, Actual version: ${actual}`,
      {
        exception: 'wrong-expected-version',
        'stream-name': stream,
        'expected-version': `${expected}`,
        'actual-version': `${actual}`,
      },
    ),
  maxAppendSizeExceeded: (bytes: number) =>
    refusal(status.INVALID_ARGUMENT, `Maximum Append Size of ${bytes} Exceeded.`, {
      exception: 'maximum-append-size-exceeded',
      'maximum-append-size': `${bytes}`,
    }),
  requiredMetadataMissing: (property: string) =>
    refusal(status.INVALID_ARGUMENT, `Required Metadata Property '${property}' is missing`, {
      exception: 'missing-required-metadata-property',
      'required-metadata-properties': 'type,content-type',
    }),
  notLeader: (host: string, port: number) =>
    refusal(status.NOT_FOUND, 'Leader info available', {
      exception: 'not-leader',
      'leader-endpoint-host': host,
      'leader-endpoint-port': `${port}`,
    }),
  consumerTooSlow: () =>
    refusal(
      status.ABORTED,
      'Operation timed out: Consumer too slow to handle event while live. Client resubscription required.',
    ),
  notReady: () => refusal(status.UNAVAILABLE, 'Server Is Not Ready'),
  connectionDropped: () => refusal(status.UNAVAILABLE, 'Connection dropped'),
  /** The error of a subscription when the server is shut down cleanly. */
  shutdown: () => refusal(status.INTERNAL, 'Received RST_STREAM with code 2'),
  /** A position that is no record's start, for a read. */
  readFailed: (kind: 'ReadAllResult' | 'ReadStreamResult') =>
    refusal(status.UNKNOWN, `Unexpected ${kind}: Error`),
  /** Unforeseen errors, such as a subscription from a position that is no record's start. */
  unforeseen: () => refusal(status.UNKNOWN, 'Exception was thrown by handler.'),
  invalidArgument: (what: string) => refusal(status.INVALID_ARGUMENT, what),
};

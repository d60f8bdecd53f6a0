import {
  AccessDeniedError,
  CancelledError,
  DeadlineExceededError,
  MaxAppendSizeExceededError,
  NotLeaderError,
  StreamDeletedError,
  StreamNotFoundError,
  TimeoutError,
  UnavailableError,
  UnknownError,
  WrongExpectedVersionError,
  convertToCommandError,
} from '@eventstore/db-client';

/**
 * What an error of the client means:
 * - `unavailable`: passing trouble, the outcome of an append is unknown;
 * - `unknown`: the server failed without a reason (code 2), when it stops or cannot answer;
 * - the others are the server's answers.
 */
export type Trouble =
  | 'unavailable'
  | 'unknown'
  | 'wrong_revision'
  | 'not_found'
  | 'tombstoned'
  | 'too_large'
  | 'denied'
  | 'other';

/**
 * gRPC codes of passing trouble: cancelled, deadline exceeded, resource exhausted, aborted, internal,
 * unavailable.
 */
const passingCodes = new Set<unknown>([1, 4, 8, 10, 13, 14]);
/** gRPC codes of refused credentials: permission denied, unauthenticated. */
const deniedCodes = new Set<unknown>([7, 16]);

/** Errors of the transport without class and code. */
const transportMessages = new RegExp(
  'channel has been shut down|failed to discover|failed to select|write after end|premature close|' +
    'connection dropped',
  'i',
);
const transportCodes = /^(E(CONN|HOST|NET|PIPE|TIMEDOUT|AI_)|ERR_(STREAM|HTTP2))/;

const classes: readonly [abstract new (...args: never[]) => Error, Trouble][] = [
  [WrongExpectedVersionError, 'wrong_revision'],
  [StreamNotFoundError, 'not_found'],
  [StreamDeletedError, 'tombstoned'],
  [MaxAppendSizeExceededError, 'too_large'],
  [AccessDeniedError, 'denied'],
  [UnavailableError, 'unavailable'],
  [DeadlineExceededError, 'unavailable'],
  [TimeoutError, 'unavailable'],
  [CancelledError, 'unavailable'],
  [NotLeaderError, 'unavailable'],
];

/**
 * Classifies an error by class and gRPC code: some have a code alone, and `UnknownError` covers a stopping
 * server (code 13) as well as a failing one (code 2).
 */
export function troubleOf(raw: unknown): Trouble {
  const error = raw instanceof Error ? convertToCommandError(raw) : raw;
  const known = classes.find(([type]) => error instanceof type);
  if (known !== undefined) return known[1];
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
  if (passingCodes.has(code) || (typeof code === 'string' && transportCodes.test(code))) return 'unavailable';
  if (deniedCodes.has(code)) return 'denied';
  if (typeof message === 'string' && transportMessages.test(message)) return 'unavailable';
  if (code === 2 || error instanceof UnknownError) return 'unknown';
  return 'other';
}

import { said } from '../runtime/quoted-text.ts';

export type FinanceErrorCode =
  | 'unauthorized' // 401 or 403: our token is not accepted
  | 'rejected' // any other 4xx: the payload is at fault, and sending it again changes nothing
  | 'unavailable' // 5xx, 408, 429, transport trouble, time-out
  | 'malformed' // a 2xx whose body is not the promised answer
  | 'too-large'; // an answer of more bytes than are read

/** What a message has room for. */
const longestMessage = 500;

/**
 * Why a push to the finance service did not come to an answer. The message never holds the secret or the
 * token.
 */
export class FinanceError extends Error {
  readonly code: FinanceErrorCode;
  /** HTTP status; null when there was no answer. */
  readonly status: number | null;
  /**
   * Whether the same call can succeed later. The import is keyed by the invoice's uuid, so that a repeat is
   * safe.
   */
  readonly retryable: boolean;

  constructor(detail: { code: FinanceErrorCode; message: string; status: number | null; cause?: unknown }) {
    super(
      said(detail.message, [], longestMessage),
      detail.cause === undefined ? undefined : { cause: detail.cause },
    );
    this.name = 'FinanceError';
    this.code = detail.code;
    this.status = detail.status;
    this.retryable = detail.code === 'unavailable' || detail.code === 'malformed';
  }
}

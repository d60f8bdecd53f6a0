import { quotedText } from '../runtime/quoted-text.ts';

export type FinanceErrorCode =
  | 'unauthorized' // 401 or 403: the token is not accepted
  | 'rejected' // any other 4xx: the payload is at fault, and a retry is useless
  | 'unavailable' // 5xx, 408, 429, transport trouble, time-out
  | 'malformed' // a 2xx with another body than described
  | 'too-large'; // an answer of more bytes than are read

/** The most characters of a message. */
const longestMessage = 500;

/** Why a push to the finance service failed. The message never holds the secret or the token. */
export class FinanceError extends Error {
  readonly code: FinanceErrorCode;
  /** HTTP status; null when there was no answer. */
  readonly status: number | null;
  /** Whether the same call can succeed later. A repeat is safe: the import is keyed by the invoice's uuid. */
  readonly retryable: boolean;

  constructor(detail: { code: FinanceErrorCode; message: string; status: number | null; cause?: unknown }) {
    super(
      quotedText(detail.message, [], longestMessage),
      detail.cause === undefined ? undefined : { cause: detail.cause },
    );
    this.name = 'FinanceError';
    this.code = detail.code;
    this.status = detail.status;
    this.retryable = detail.code === 'unavailable' || detail.code === 'malformed';
  }
}

/** Why a page of a bucket's objects could not be read. */
export type SpacesErrorCode =
  | 'forbidden' // 403: the key is wrong or may not list the bucket, or the clock is off
  | 'not-found' // 404: no such bucket in this region
  | 'other-region' // a redirect, or a signature for another region
  | 'rate-limited' // 429 or SlowDown after all attempts
  | 'unavailable' // 5xx, transport trouble, time-outs
  | 'malformed' // an answer in another form than S3 describes
  | 'too-large' // an answer of more bytes than are read
  | 'invalid'; // another 4xx, or a name that no bucket can have

/**
 * The one error of the Spaces client. Its message names the status, the error code of S3 or the transport
 * trouble; it has no text of an answer, no URL and no key.
 */
export class SpacesError extends Error {
  override readonly name = 'SpacesError';
  readonly code: SpacesErrorCode;
  /** HTTP status of the last answer; null where there was none. */
  readonly status: number | null;

  constructor(code: SpacesErrorCode, message: string, status: number | null = null) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

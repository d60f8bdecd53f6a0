/** A copy of the log that may not be made, or has failed; the message says what to do. */
export class CopyRefused extends Error {
  override readonly name = 'CopyRefused';
}

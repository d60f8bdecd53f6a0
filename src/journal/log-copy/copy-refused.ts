/** A copy of the log that must not be made, or did not come out as it has to; the message says what to do. */
export class CopyRefused extends Error {
  override readonly name = 'CopyRefused';
}

/** A start that can't go on; the message is a sentence for a person. */
export class StartError extends Error {
  override readonly name = 'StartError';
}

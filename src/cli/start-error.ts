/** A start that can't go on, said in a sentence for the person who tried it. */
export class StartError extends Error {
  override readonly name = 'StartError';
}

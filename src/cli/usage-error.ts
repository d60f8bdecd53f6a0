/** A command line that can't be run as given: the program ends with exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

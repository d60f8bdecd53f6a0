/**
 * The EventStoreDB that answers is not the one that the journal was copied from: it was wiped, restored from
 * an older backup, or is another ledger's. Going on would mix two logs, so that a start is refused and a
 * running service ends.
 */
export class LogMismatch extends Error {
  override readonly name = 'LogMismatch';
}

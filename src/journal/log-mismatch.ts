/** What may have happened to a log that is not the journal's, and what to do. */
export const wipedOrRestored =
  'Was it wiped, or restored from an older backup? ' +
  'Point EVENTSTORE_URL at the right one, or start with an empty database.';

/**
 * The EventStoreDB that answers is not the one that the journal was copied from: it was wiped, restored from
 * an older backup, or is another ledger's. Going on would mix two logs, so a start is refused and a running
 * service ends.
 */
export class LogMismatch extends Error {
  override readonly name = 'LogMismatch';
}

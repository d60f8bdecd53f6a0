/** Why a log may not be the journal's, and what to do. */
export const wipedOrRestored =
  'Was it wiped, or restored from an older backup? ' +
  'Point EVENTSTORE_URL at the right one, or start with an empty database.';

/**
 * EventStoreDB is not the one that the journal was copied from: it was wiped, restored from an older backup,
 * or belongs to another ledger. Going on would mix two logs: a start is refused, a running service ends.
 */
export class LogMismatch extends Error {
  override readonly name = 'LogMismatch';
}

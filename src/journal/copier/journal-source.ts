import { advisoryLocks } from '../../database/advisory-locks.ts';
import type { Sql } from '../../database/db.ts';

/** What fills the journal: appends, as it is the log itself, or the copier from EventStoreDB. */
export type SourceKind = 'journal' | 'eventstoredb';

/** A start that does not fit the journal; the message says what to do. */
export class WrongSource extends Error {
  override readonly name = 'WrongSource';
}

/** The row of `journal_source`. `kind` is null before the first start. */
export interface JournalSourceRow {
  kind: SourceKind | null;
  scanned: bigint | null;
  movedAt: number;
}

/** Reads the row of `journal_source`. @throws when the database is not migrated */
export async function readJournalSource(sql: Sql): Promise<JournalSourceRow> {
  const [row] = await sql<{ kind: SourceKind | null; scanned: string | null; moved_at: number }[]>`
    select kind, scanned::text, moved_at from journal_source`;
  if (row === undefined) throw new Error('the journal has no source: the database is not migrated');
  return {
    kind: row.kind,
    scanned: row.scanned === null ? null : BigInt(row.scanned),
    movedAt: row.moved_at,
  };
}

/**
 * Checks a start against what fills the journal. The first start of an empty ledger chooses; another choice
 * is refused later, so that two nodes never write two logs.
 * @throws {WrongSource}
 */
export async function claimJournalSource(sql: Sql, wanted: SourceKind): Promise<void> {
  const kind = await sql.begin(async (tx) => {
    // Under the appends lock: an append under way is either seen here, or sees the choice.
    await tx`select pg_advisory_xact_lock(${advisoryLocks.space}, ${advisoryLocks.appends})`;
    await tx`
      update journal_source set
        kind = case when exists (select from journal) then 'journal' else ${wanted} end, updated_at = now()
      where kind is null`;
    const [row] = await tx<{ kind: SourceKind }[]>`select kind from journal_source`;
    return row?.kind;
  });
  if (kind === wanted) return;
  throw new WrongSource(
    wanted === 'journal'
      ? "This ledger's events are in EventStoreDB: set EVENTSTORE_URL. " +
          '(Its journal in PostgreSQL only follows.)'
      : "This ledger's events are in PostgreSQL, not in EventStoreDB. To move them: " +
          'npm run arcadia -- log copy --to <EVENTSTORE_URL>. Or start without EVENTSTORE_URL.',
  );
}

/** The id of the ledger's log, on either log. @throws when the database is not migrated */
export async function readLogId(sql: Sql): Promise<string> {
  const [identity] = await sql<{ id: string }[]>`select id from log_identity`;
  if (identity === undefined) throw new Error('the journal has no identity: the database is not migrated');
  return identity.id;
}

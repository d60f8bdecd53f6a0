/** A journal that follows an EventStoreDB server, and helpers to compare the two. */
import { expect } from 'chai';
import type { Sql } from '../../../src/database/db.ts';
import { silentLogger, type Logger } from '../../../src/runtime/logger.ts';
import { migrate, readMigrations } from '../../../src/database/migrate.ts';
import { openLockSession, type Supervised } from '../../../src/database/supervise.ts';
import type { NewEvent } from '../../../src/events/define.ts';
import { NO_STREAM, type EventLog } from '../../../src/journal/event-log.ts';
import { openEventStore, type EventStore } from '../../../src/journal/eventstoredb/client.ts';
import { openEventStoreLog } from '../../../src/journal/eventstoredb/log.ts';
import { startJournalCopier, type CopiedLog } from '../../../src/journal/copier/journal-copier.ts';
import { copiedLog } from '../../../src/journal/copier/followed-log.ts';
import { openCopiedPosition, type CopiedPosition } from '../../../src/journal/copier/copied-position.ts';
import { claimJournalSource } from '../../../src/journal/copier/journal-source.ts';
import { migrationsFolder } from '../../../src/open-ledger.ts';
import { startProtocolServer, type ProtocolServer } from './eventstoredb/index.ts';
import { createTestDatabase, type TestDatabase } from '../database/test-database.ts';

export interface JournalRow {
  position: number;
  stream: string;
  revision: number;
  id: string;
  type: string;
  data: string;
  metadata: string;
  source: string;
}

/** A server, a database, and the log between them; nothing is copied before `copy`. */
export interface Following {
  server: ProtocolServer;
  store: EventStore;
  log: EventLog;
  database: TestDatabase;
  sql: Sql;
  copiedPosition: CopiedPosition;
  source: CopiedLog;
  /** Starts a copier as a process of its own would, on connections of its own. */
  copy(options?: {
    source?: CopiedLog;
    locks?: Sql;
    sql?: Sql;
    logger?: Logger;
    onMismatch?: (error: unknown) => void;
  }): Supervised;
  append(stream: string, events: readonly NewEvent[], expected?: number): Promise<string>;
  /** Waits until everything is copied. */
  copied(): Promise<void>;
  rows(): Promise<JournalRow[]>;
  close(): Promise<void>;
}

/** Opens it on a fresh server and a fresh database. */
export async function openFollowing({ deadlineMs = 1_000 } = {}): Promise<Following> {
  const server = await startProtocolServer();
  const database = await createTestDatabase();
  const sql = database.connect();
  await migrate(sql, await readMigrations(migrationsFolder));
  await claimJournalSource(sql, 'eventstoredb');
  const store = openEventStore(server.url, { deadlineMs });
  const copiedPosition = await openCopiedPosition(sql);
  const log = openEventStoreLog({ store, id: 'test', journal: copiedPosition });
  const source = copiedLog(store, '', silentLogger);
  const running = new Set<Supervised>();
  const sessions: Sql[] = [];
  return {
    server,
    store,
    log,
    database,
    sql,
    copiedPosition,
    source,
    copy(options = {}) {
      const locks = options.locks ?? openLockSession(database.target);
      sessions.push(locks);
      const copier = startJournalCopier({
        sql: database.connect({ max: 2 }),
        source,
        logger: silentLogger,
        ...options,
        locks,
      });
      running.add(copier);
      return copier;
    },
    append: async (stream, events, expected = NO_STREAM) =>
      (await log.append(stream, events, expected)).position,
    async copied() {
      expect(await copiedPosition.waitFor(await store.end(), 120_000), 'copied up to the end').to.be.a(
        'number',
      );
    },
    rows: async () =>
      (
        await sql<JournalRow[]>`select position, stream, revision, id, type, data::text, metadata::text,
          source_position::text as source from journal order by position`
      ).map((row) => ({ ...row })),
    async close() {
      await Promise.all([...running].map((copier) => copier.stop()));
      await copiedPosition.close();
      await Promise.all(sessions.map((session) => session.end({ timeout: 1 })));
      await store.close();
      await database.drop();
      await server.close();
    },
  };
}

/** The ledger's events on the server, in the form in which the journal must hold them. */
export function expectedRows(server: ProtocolServer): JournalRow[] {
  return server
    .events()
    .filter((event) => !event.type.startsWith('$'))
    .map((event, index) => ({
      position: index + 1,
      stream: event.stream,
      revision: Number(event.revision),
      id: event.id,
      type: event.type,
      data: JSON.stringify(event.data),
      metadata: JSON.stringify(event.metadata),
      source: String(event.position),
    }));
}

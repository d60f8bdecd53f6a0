import type { Sql } from '../../database/db.ts';
import { openNotifiedLevel } from '../../database/notified-level.ts';
import { headOfJournal } from '../read-journal.ts';
import { readJournalSource } from './journal-source.ts';

/** Waits, on any node, for the journal to reach a position of EventStoreDB. */
export interface CopiedPosition {
  /**
   * A journal position that holds everything up to a position of EventStoreDB; null when the journal is not
   * there in time.
   */
  waitFor(position: bigint, timeoutMs: number): Promise<number | null>;
  close(): Promise<void>;
}

/** How far EventStoreDB is copied, and where the journal ended then. */
interface Copied {
  scanned: bigint;
  head: number;
}

/**
 * Follows the copier, which may be in another process.
 *
 * After a move from PostgreSQL, clients may still send an earlier `Ledger-Position`, which is a journal
 * position up to the head at the move. So every wait is for at least that head.
 */
export async function openCopiedPosition(sql: Sql): Promise<CopiedPosition> {
  const { movedAt } = await readJournalSource(sql);
  let copied: Copied = { scanned: -1n, head: 0 };
  const hear = (next: Copied) => {
    if (next.scanned > copied.scanned) copied = next;
    return next.scanned;
  };
  const level = await openNotifiedLevel<bigint>(sql, {
    channel: 'copied',
    start: -1n,
    async look() {
      const [row] = await sql<{ scanned: string; head: number }[]>`
        select coalesce(scanned, -1)::text as scanned, ${headOfJournal(sql)} as head from journal_source`;
      return hear({ scanned: BigInt(row?.scanned ?? -1), head: row?.head ?? 0 });
    },
    levelIn: (payload) => {
      const [scanned = '-1', head] = payload.split(',');
      return hear({ scanned: BigInt(scanned), head: Number(head) });
    },
  });
  return {
    waitFor: async (position, timeoutMs) =>
      (await level.waitFor(position, timeoutMs)) ? Math.max(copied.head, movedAt) : null,
    close: () => level.close(),
  };
}

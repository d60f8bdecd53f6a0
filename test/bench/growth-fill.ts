import { hash } from 'node:crypto';
import type { Sql } from '../../src/database/db.ts';
import { completeChain } from '../../src/journal/chain/journal-chain.ts';
import type { BenchContext } from './context.ts';
import { copyJournal, copyRows, journalHead, type JournalRow } from './copy.ts';
import type { Business } from './growth-days.ts';

/** Days are copied so many events at a time. */
const PIECE = 50_000;

/** The journal's unique keys: by this name and of these columns. */
const keys = { journal_stream_revision: '(stream, revision)', journal_event_id: '(id)' } as const;

/**
 * Copies days into the journal and the hash chain, behind what is there. Its keys are left out meanwhile and
 * made anew, as full as inserts at random places leave them.
 */
export async function fillDays(
  { sql, openPool }: BenchContext,
  business: Business,
  days: { from: number; to: number },
): Promise<void> {
  const chain = await completeChain(sql);
  const pool = openPool(2);
  for (const name of Object.keys(keys)) await sql.unsafe(`alter table journal drop constraint ${name}`);
  await copyAll(pool, piecesOf(business, days), Buffer.from(chain.hash, 'hex'));
  for (const [name, columns] of Object.entries(keys))
    await sql.begin(async (tx) => {
      await tx`set local maintenance_work_mem = '1GB'`;
      await tx.unsafe(`create unique index ${name} on journal ${columns} with (fillfactor = 70)`);
      await tx.unsafe(`alter table journal add constraint ${name} unique using index ${name}`);
    });
  await pool.end();
  await sql`vacuum analyze journal`;
  await sql`vacuum analyze journal_hashes`;
}

function* piecesOf(business: Business, { from, to }: { from: number; to: number }): Generator<JournalRow[]> {
  let piece: JournalRow[] = [];
  for (let day = from; day < to; day++) {
    for (const event of business.eventsOf(day)) piece.push(event);
    if (piece.length < PIECE) continue;
    yield piece;
    piece = [];
  }
  yield piece;
}

async function copyAll(pool: Sql, pieces: Iterable<JournalRow[]>, before: Buffer): Promise<void> {
  let last = before;
  let head = await journalHead(pool);
  for (const piece of pieces) {
    const first = head + 1;
    const hashes = piece.map((event, n) => {
      last = hashOf(last, event);
      return [String(first + n), `\\x${last.toString('hex')}`];
    });
    const [position] = await Promise.all([
      copyJournal(pool, head, piece),
      copyRows(pool, 'journal_hashes (position, hash)', hashes),
    ]);
    head = position;
  }
}

/** As `journal_event_hash` of the migrations; the verification of the filled ledger compares them. */
function hashOf(before: Buffer, { id, stream, revision, type, data, metadata }: JournalRow): Buffer {
  const texts = [id, stream, String(revision), type, data, metadata];
  const hashed = texts.map((text) => `${Buffer.byteLength(text)}:${text}`).join('');
  return hash('sha256', Buffer.concat([before, Buffer.from(hashed)]), 'buffer');
}

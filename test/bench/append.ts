import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { Sql } from '../../src/database/db.ts';
import type { NewEvent } from '../../src/events/define.ts';
import { NO_STREAM } from '../../src/journal/event-log.ts';
import { openPostgresLog } from '../../src/journal/postgres-log.ts';
import { appendByHand } from './by-hand/append.ts';
import type { BenchContext, OpenPair } from './context.ts';
import { copyJournal, journalHead, type JournalRow } from './copy.ts';
import { secondsOf } from './figure.ts';

/** Concurrent callers. */
const CALLERS = 64;
const EVENTS = 32_000;
/**
 * Each caller appends so many events to a stream, then begins another: new streams and checked appends to
 * existing ones.
 */
const PER_STREAM = 10;

/** An event of about 480 bytes, as the ledger's usual ones. */
export function sampleEvent(n: number): NewEvent {
  return {
    id: randomUUID(),
    type: 'ResourceChanged',
    data: {
      resource_id: `resource-${n % 5_000}`,
      kind: 'droplet',
      changed: ['status'],
      name: `app-${n}.example.com`,
      region: 'syd1',
      size_slug: 's-1vcpu-1gb',
      status: n % 2 === 0 ? 'active' : 'off',
      created_at: '2026-01-05T14:12:10Z',
      attrs: { n },
      sweep_id: 'sweep',
      observed_at: '2026-04-01T00:00:00.000Z',
    },
    metadata: {
      actor: { sub: 'job:sync.droplets', tenant_id: null, roles: [] },
      correlation_id: 'a0b1',
      causation_id: 'a0b1',
      command: 'observe-resource',
      schema_version: 1,
      recorded_at: '2026-04-01T00:00:00.000Z',
    },
  };
}

/** One append of one event to a stream, at the stream's present revision (-1: no stream yet). */
export type AppendOne = (stream: string, event: NewEvent, at: number) => Promise<unknown>;

/** Lets 64 callers append events, one a call; returns events a second. */
export async function appendRate(append: AppendOne, count = EVENTS): Promise<number> {
  const run = randomUUID();
  const events = Array.from({ length: count }, (_, n) => sampleEvent(n));
  let next = 0;
  const caller = async (lane: number) => {
    for (let done = 0; ; done++) {
      const event = events[next++];
      if (event === undefined) return;
      await append(`bench-${run}-${lane}-${Math.floor(done / PER_STREAM)}`, event, (done % PER_STREAM) - 1);
    }
  };
  return (
    count / (await secondsOf(() => Promise.all(Array.from({ length: CALLERS }, (_, lane) => caller(lane)))))
  );
}

/** The ledger's append, on a ledger without other load. */
export async function openAppend({
  openPool,
}: BenchContext): Promise<{ append: AppendOne; close: () => Promise<void> }> {
  const pool = openPool(1);
  const appender = openPool(1);
  const log = await openPostgresLog(pool, appender);
  return {
    append: (stream, event, at) => log.append(stream, [event], at === -1 ? NO_STREAM : at),
    async close() {
      await Promise.all([pool.end(), appender.end()]);
    },
  };
}

/** What a table of events holds of the runs of {@link appendRate}, and whether its order has no gaps. */
async function writtenTo(sql: Sql, table: string) {
  const [row] = await sql.unsafe<{ events: number; bytes: number; whole: boolean }[]>(`
    select sum(events)::bigint as events, sum(bytes)::bigint as bytes,
      bool_and(events = last + 1) and max(position) = sum(events) as whole
    from (
      select count(*) as events, max(revision) as last, max(position) as position,
        sum(octet_length(data::text) + octet_length(metadata::text)) as bytes
      from ${table} group by stream) as streams`);
  return row;
}

/** Checks that the appends by hand do what the ledger's do: the same rows, and the same refusal. */
async function checkByHand(sql: Sql, append: AppendOne, byHand: AppendOne): Promise<void> {
  const count = 1_000;
  for (const each of [append, byHand]) await appendRate(each, count);
  const [ours, theirs] = await Promise.all(['journal', 'hand_journal'].map((table) => writtenTo(sql, table)));
  assert.deepEqual(theirs, ours);
  assert.equal(ours?.events, count);
  assert.equal(ours.whole, true);
  for (const each of [append, byHand]) {
    await each('bench-refused', sampleEvent(1), -1);
    await assert.rejects(Promise.resolve(each('bench-refused', sampleEvent(2), -1)));
    await assert.rejects(Promise.resolve(each('bench-refused', sampleEvent(2), 1)));
  }
}

/**
 * Appends by 64 callers, one event a call, each with its expected revision, against the same rows by COPY
 * into the same table, and against the same appends by hand.
 */
export async function openAppend64(context: BenchContext): Promise<OpenPair> {
  const { sql } = context;
  await sql`create table if not exists floor_journal (like journal including all)`;
  await sql`create table if not exists hand_journal (like journal including all)`;
  const { append, close } = await openAppend(context);
  const pool = context.openPool(1);
  const byHand = appendByHand(pool, 'hand_journal');
  await checkByHand(sql, append, byHand);
  return {
    pair: {
      name: 'append_64',
      unit: 'events/s',
      aim: 1 / 3,
      floorName: 'COPY of the same rows into a table with the same keys and indexes',
      value: () => appendRate(append),
      async floor() {
        const run = randomUUID();
        const events = Array.from({ length: EVENTS }, (_, n) => sampleEvent(n));
        const head = await journalHead(sql, 'floor_journal');
        return (
          EVENTS /
          (await secondsOf(() =>
            copyJournal(
              sql,
              head,
              events.map((event, n) =>
                rowOf(event, `floor-${run}-${Math.floor(n / PER_STREAM)}`, n % PER_STREAM),
              ),
              'floor_journal',
            ),
          ))
        );
      },
      sameWork: {
        floorName: 'the same appends by hand: checked INSERTs of 32, two under way',
        aim: 0.85,
        run: () => appendRate(byHand),
      },
    },
    async close() {
      await pool.end();
      await close();
    },
  };
}

/** An event as a journal's row. */
export function rowOf({ id, type, data, metadata }: NewEvent, stream: string, revision: number): JournalRow {
  return {
    stream,
    revision,
    id,
    type,
    data: JSON.stringify(data),
    metadata: JSON.stringify(metadata),
    recordedAt: metadata.recorded_at,
  };
}

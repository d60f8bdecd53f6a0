import { randomUUID } from 'node:crypto';
import type { NewEvent } from '../../src/events/define.ts';
import { NO_STREAM, type EventLog } from '../../src/log/event-log.ts';
import type { Sql } from '../../src/database/db.ts';
import { copyRows } from './copy.ts';
import { secondsOf, type Pair } from './figure.ts';

const CALLERS = 64;
const EVENTS = 32_000;

/** An event of about 480 bytes, as the ledger's usual ones. */
export function sampleEvent(n: number): NewEvent {
  return {
    id: randomUUID(), type: 'ResourceChanged',
    data: { resource_id: `resource-${n % 5_000}`, kind: 'droplet', changed: ['status'], name: `app-${n}.example.com`, region: 'syd1', size_slug: 's-1vcpu-1gb', status: n % 2 === 0 ? 'active' : 'off', created_at: '2026-01-05T14:12:10Z', attrs: { n }, sweep_id: 'sweep', observed_at: '2026-04-01T00:00:00.000Z' },
    metadata: { actor: { sub: 'job:sync.droplets', tenant_id: null, roles: [] }, correlation_id: 'a0b1', causation_id: 'a0b1', command: 'observe-resource', schema_version: 1, recorded_at: '2026-04-01T00:00:00.000Z' },
  };
}

/** Appends by 64 callers, one event a call, each with its expected revision, against the same rows by COPY into the same table. */
export function appendPair(log: EventLog, sql: Sql): Pair {
  let round = 0;
  return {
    name: 'append_64', unit: 'events/s', aim: 1 / 3, floorName: 'COPY of the same rows into the same table',
    async value() {
      const run = ++round;
      const events = Array.from({ length: EVENTS }, (_, n) => sampleEvent(n));
      let next = 0;
      const caller = async (lane: number) => {
        // Each caller goes on with a stream for ten events, then begins another: creations and checked continuations.
        for (let done = 0; ; done++) {
          const event = events[next++];
          if (event === undefined) return;
          const revision = done % 10;
          await log.append(`bench-${run}-${lane}-${(done - revision) / 10}`, [event], revision === 0 ? NO_STREAM : revision - 1);
        }
      };
      return EVENTS / (await secondsOf(() => Promise.all(Array.from({ length: CALLERS }, (_, lane) => caller(lane)))));
    },
    async floor() {
      const run = ++round;
      const [row] = await sql<{ position: number }[]>`select coalesce(max(position), 0) as position from floor_journal`;
      const base = row?.position ?? 0;
      const events = Array.from({ length: EVENTS }, (_, n) => sampleEvent(n));
      return EVENTS / (await secondsOf(() => copyRows(sql, 'floor_journal (position, stream, revision, id, type, data, metadata, recorded_at)', events.map((event, n) => () => [
        String(base + 1 + n), `floor-${run}-${Math.floor(n / 10)}`, String(n % 10), event.id, event.type, JSON.stringify(event.data), JSON.stringify(event.metadata), event.metadata.recorded_at,
      ]))));
    },
  };
}

/** The table that the floor fills: the journal's columns, keys and indexes. */
export async function createFloorJournal(sql: Sql): Promise<void> {
  await sql`drop table if exists floor_journal`;
  await sql`create table floor_journal (like journal including all)`;
}

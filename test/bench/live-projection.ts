import type { Sql } from '../../src/database/db.ts';
import { silentLogger } from '../../src/engine/logger.ts';
import { createPositionWaiter } from '../../src/engine/position-waiter.ts';
import { defineProjection, defineTable, upsert } from '../../src/engine/projection.ts';
import { startProjector } from '../../src/engine/projector.ts';
import { ensureReadModels } from '../../src/engine/read-models.ts';
import { encodeColumn } from '../../src/engine/row-writer.ts';
import { copyRows } from './copy.ts';
import { secondsOf, type Pair } from './figure.ts';
import { sampleEvent } from './append.ts';

const EVENTS = 100_000;
const BATCH = 5_000;

const identity = { name: 'bench', version: 1 };
const columns = { id: 'text', name: 'text', status: 'text', region: 'text?', size_slug: 'text?', seen_at: 'timestamptz', position: 'bigint' } as const;
const table = defineTable(identity, { name: 'seen', columns, key: ['id'] });
export const benchProjection = defineProjection(identity, [table], {
  ResourceChanged: ({ data, position }) => upsert(table, { id: `${data.resource_id}-${position % EVENTS}`, name: data.name, status: data.status, region: data.region, size_slug: data.size_slug, seen_at: data.observed_at, position }),
});

/** The runner following the journal into one table, against a bare UNNEST upsert of the same rows in the same batches. */
export function liveProjectionPair(sql: Sql, openPool: (max: number) => Sql): Pair {
  let prepared = false;
  return {
    name: 'live_projection', unit: 'events/s', aim: 0.8, floorName: 'bare UNNEST upsert of the same rows, 5,000 a statement',
    async value() {
      if (!prepared) await prepare(sql);
      prepared = true;
      await sql.unsafe(`truncate ${table.ref}`);
      const [head] = await sql<{ position: number }[]>`select max(position) as position from journal`;
      await sql`update projection_checkpoints set position = ${(head?.position ?? 0) - EVENTS} where name = 'bench'`;
      const waiter = await createPositionWaiter(sql, [benchProjection]);
      const runnerPool = openPool(4);
      const lock = openPool(1);
      await Promise.all([runnerPool`select 1`, lock`select 1`]);
      const seconds = await secondsOf(async () => {
        const runner = startProjector(runnerPool, lock, [benchProjection], silentLogger);
        await waiter.waitFor(head?.position ?? 0, 120_000);
        await runner.stop();
      });
      await waiter.close();
      await Promise.all([runnerPool.end(), lock.end()]);
      return EVENTS / seconds;
    },
    async floor() {
      const names = Object.keys(columns) as (keyof typeof columns)[];
      const rows = Array.from({ length: EVENTS }, (_, n) => ({ id: `resource-${n % 5_000}-${n}`, name: `app-${n}.example.com`, status: 'active', region: 'syd1', size_slug: 's-1vcpu-1gb', seen_at: '2026-04-01T00:00:00.000Z', position: n }));
      await sql`create table if not exists floor_seen (id text collate "C" primary key, name text collate "C" not null, status text collate "C" not null, region text collate "C", size_slug text collate "C", seen_at timestamptz not null, position bigint not null)`;
      const statement = `insert into floor_seen select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::timestamptz[], $7::bigint[]) on conflict (id) do update set ${names.slice(1).map((name) => `${name} = excluded.${name}`).join(', ')}`;
      await sql`truncate floor_seen`;
      return EVENTS / (await secondsOf(async () => {
        for (let from = 0; from < EVENTS; from += BATCH) {
          const page = rows.slice(from, from + BATCH);
          await sql.unsafe(statement, names.map((name) => encodeColumn(columns[name], page.map((row) => row[name]))), { prepare: true });
        }
      }));
    },
  };
}

/** Puts the events into the journal directly, behind whatever is there. */
async function prepare(sql: Sql): Promise<void> {
  await ensureReadModels(sql, [benchProjection]);
  const [row] = await sql<{ position: number }[]>`select coalesce(max(position), 0) as position from journal`;
  const base = row?.position ?? 0;
  await copyRows(sql, 'journal (position, stream, revision, id, type, data, metadata, recorded_at)', Array.from({ length: EVENTS }, (_, n) => () => {
    const event = sampleEvent(n);
    return [String(base + 1 + n), `live-${base + n}`, '0', event.id, event.type, JSON.stringify(event.data), JSON.stringify(event.metadata), event.metadata.recorded_at];
  }));
  await sql`vacuum analyze journal`;
}

import { silentLogger } from '../../src/runtime/logger.ts';
import { createPositionWaiter } from '../../src/read-models/position-waiter.ts';
import { defineProjection, defineTable, upsert } from '../../src/read-models/projection.ts';
import { startProjector } from '../../src/read-models/projector.ts';
import { ensureReadModels } from '../../src/read-models/define-tables.ts';
import { encodeColumn } from '../../src/read-models/row-writer.ts';
import { rowOf, sampleEvent } from './append.ts';
import type { BenchContext, OpenPair } from './context.ts';
import { projectByHand } from './by-hand/live-projection.ts';
import { copyJournal } from './copy.ts';
import { secondsOf } from './figure.ts';

const EVENTS = 100_000;
const BATCH = 5_000;

const identity = { name: 'bench', version: 1 };
const columns = {
  id: 'text',
  name: 'text',
  status: 'text',
  region: 'text?',
  size_slug: 'text?',
  seen_at: 'timestamptz',
  position: 'bigint',
} as const;
const table = defineTable(identity, { name: 'seen', columns, key: ['id'] });
export const benchProjection = defineProjection(identity, [table], {
  ResourceChanged: ({ data, position }) =>
    upsert(table, {
      id: `${data.resource_id}-${position % EVENTS}`,
      name: data.name,
      status: data.status,
      region: data.region,
      size_slug: data.size_slug,
      seen_at: data.observed_at,
      position,
    }),
});

/**
 * The runner following the journal into one table, against a bare UNNEST upsert of the same rows in the same
 * batches, and against reading and writing by hand.
 */
export async function openLiveProjection({ sql, openPool }: BenchContext): Promise<OpenPair> {
  await prepareJournal(sql, EVENTS);
  await sql`create table floor_seen (id text collate "C" primary key, name text collate "C" not null,
    status text collate "C" not null, region text collate "C", size_slug text collate "C",
    seen_at timestamptz not null, position bigint not null)`;
  const reset = async () => {
    await sql.unsafe(`truncate ${table.ref}`);
    await sql`update projection_checkpoints set position = 0 where name = ${identity.name}`;
  };
  return {
    pair: {
      name: 'live_projection',
      unit: 'events/s',
      aim: 0.8,
      floorName: 'bare UNNEST upsert of the same rows, 5,000 a statement',
      async value() {
        await reset();
        const waiter = await createPositionWaiter(sql, [benchProjection]);
        const runnerPool = openPool(4);
        const lock = openPool(1);
        await Promise.all([runnerPool`select 1`, lock`select 1`]);
        const seconds = await secondsOf(async () => {
          const runner = startProjector(runnerPool, lock, [benchProjection], silentLogger);
          await waiter.waitFor(EVENTS, 300_000);
          await runner.stop();
        });
        await waiter.close();
        await Promise.all([runnerPool.end(), lock.end()]);
        return EVENTS / seconds;
      },
      async floor() {
        const names = Object.keys(columns) as (keyof typeof columns)[];
        const rows = Array.from({ length: EVENTS }, (_, n) => ({
          id: `resource-${n % 5_000}-${n}`,
          name: `app-${n}.example.com`,
          status: 'active',
          region: 'syd1',
          size_slug: 's-1vcpu-1gb',
          seen_at: '2026-04-01T00:00:00.000Z',
          position: n,
        }));
        const statement = `insert into floor_seen select * from unnest($1::text[], $2::text[], $3::text[],
          $4::text[], $5::text[], $6::timestamptz[], $7::bigint[]) on conflict (id) do update set ${names
            .slice(1)
            .map((name) => `${name} = excluded.${name}`)
            .join(', ')}`;
        await sql`truncate floor_seen`;
        return (
          EVENTS /
          (await secondsOf(async () => {
            for (let from = 0; from < EVENTS; from += BATCH) {
              const page = rows.slice(from, from + BATCH);
              await sql.unsafe(
                statement,
                names.map((name) =>
                  encodeColumn(
                    columns[name],
                    page.map((row) => row[name]),
                  ),
                ),
                { prepare: true },
              );
            }
          }))
        );
      },
      sameWork: {
        floorName: 'the journal read, parsed and written by UNNEST into the same table, page after page',
        aim: 0.85,
        async run() {
          await reset();
          const by = { table: table.ref, checkpoint: identity.name, spread: EVENTS };
          const seconds = await secondsOf(() => projectByHand(sql, by));
          const [made] = await sql.unsafe<{ rows: number }[]>(`select count(*) as rows from ${table.ref}`);
          if (made?.rows !== EVENTS) throw new Error(`${made?.rows ?? 0} rows by hand of ${EVENTS} events`);
          return EVENTS / seconds;
        },
      },
    },
  };
}

/** Fills an empty journal with this many events, and creates the read model's tables. */
export async function prepareJournal(sql: BenchContext['sql'], events: number): Promise<void> {
  await ensureReadModels(sql, [benchProjection]);
  const rows = function* () {
    for (let n = 0; n < events; n++) yield rowOf(sampleEvent(n), `live-${n}`, 0);
  };
  await copyJournal(sql, 0, rows());
  await sql`vacuum analyze journal`;
}

import type { Sql } from '../../src/database/db.ts';
import { silentLogger } from '../../src/runtime/logger.ts';
import type { Table } from '../../src/read-models/projection.ts';
import { bareDefinitionOf } from '../../src/read-models/define-tables.ts';
import { journalPages } from '../../src/journal/journal-pages.ts';
import { rebuildProjections } from '../../src/read-models/rebuild/rebuild.ts';
import { copyRows } from '../../src/read-models/rebuild/copy-rows.ts';
import { usage } from '../../projections/usage/usage.ts';
import { usageDays, usageRecords, usageSets } from '../../projections/usage/tables.ts';
import { rebuildByHand } from './by-hand/rebuild.ts';
import type { BenchContext, OpenPair } from './context.ts';
import { secondsOf } from './figure.ts';
import type { meteredEvent } from './metered-usage.ts';

/** How many rows one COPY sends. */
const ROWS = 20_000;

const bareTable: Table = {
  ...usageRecords,
  schema: 'public',
  name: 'floor_usage',
  ref: 'public.floor_usage',
};

/** Rebuilds the usage read model once; returns events a second. */
export async function rebuildUsage({ openPool, events }: BenchContext): Promise<number> {
  return (
    events /
    (await secondsOf(async () => {
      const [outcome] = await rebuildProjections([usage], { openPool, logger: silentLogger });
      if (outcome?.status !== 'completed') throw new Error(JSON.stringify(outcome));
    }))
  );
}

/** COPY of the journal out, each event parsed, COPY of as many usage records into a table without keys. */
export async function copyThrough({ sql, openPool, events }: BenchContext): Promise<void> {
  await sql`drop table if exists floor_usage`;
  await sql.unsafe(bareDefinitionOf(bareTable).create);
  const reader = openPool(1);
  let rows: Record<string, unknown>[] = [];
  let sending: Promise<unknown> = Promise.resolve();
  const send = async () => {
    const batch = rows;
    rows = [];
    await sending;
    sending = sql.begin((tx) => copyRows(tx, bareTable, batch));
  };
  for await (const page of journalPages(reader, { after: 0, upTo: events })) {
    for (const { data } of page) {
      const {
        deployment_id,
        day,
        set_no,
        observations: [observed],
      } = data as ReturnType<typeof meteredEvent>;
      rows.push({ deployment_id, day, set_no, ...observed, hour: -1 });
    }
    if (rows.length >= ROWS) await send();
  }
  await send();
  await sending;
  await reader.end();
}

/**
 * The rebuild of metered usage from its events: records, days and sets, with keys and indexes, swapped in.
 */
export async function openRebuild(context: BenchContext): Promise<OpenPair> {
  return {
    pair: {
      name: 'rebuild',
      unit: 'events/s',
      aim: 0.6,
      floorName: 'COPY out, parse, COPY in of the usage records alone, no keys',
      value: () => rebuildUsage(context),
      floor: async () => context.events / (await secondsOf(() => copyThrough(context))),
      sameWork: {
        floorName: 'COPY out, parse, COPY in of all three tables, keys and indexes, swap, by hand',
        aim: 0.85,
        async run() {
          const [pool, reader] = [context.openPool(4), context.openPool(1)];
          let made: Record<keyof typeof tables, number> | undefined;
          const seconds = await secondsOf(async () => {
            made = await rebuildByHand(pool, reader, tables);
          });
          await Promise.all([pool.end(), reader.end({ timeout: 0 })]);
          for (const [name, table] of Object.entries(tables) as [keyof typeof tables, Table][]) {
            const [ours] = await context.sql.unsafe<{ rows: number }[]>(
              `select count(*) as rows from ${table.ref}`,
            );
            if (made?.[name] !== ours?.rows)
              throw new Error(`${name}: ${made?.[name] ?? 0} rows by hand, ${ours?.rows ?? 0} of our own`);
          }
          return context.events / seconds;
        },
      },
    },
    close: () => dropFloor(context.sql),
  };
}

const tables: Record<'records' | 'days' | 'sets', Table> = {
  records: { ...usageRecords },
  days: { ...usageDays },
  sets: { ...usageSets },
};

async function dropFloor(sql: Sql): Promise<void> {
  await sql`drop schema if exists by_hand_live cascade`;
  await sql`drop table if exists floor_usage`;
}

import { dirname } from 'node:path';
import type { ServerTarget } from '../../src/database/db.ts';
import { definitionOf } from '../../src/read-models/define-tables.ts';
import { usage } from '../../projections/usage/usage.ts';
import { usageDays, usageRecords, usageSets } from '../../projections/usage/tables.ts';
import { appendRate, openAppend } from './append.ts';
import type { BenchContext, OpenPair } from './context.ts';
import { secondsOf } from './figure.ts';
import { meteredEvent } from './metered-usage.ts';
import { loadEmmett, type EmmettEvent, type EmmettSql, type EmmettSqlTag } from './peers.ts';
import { rebuildUsage } from './rebuild.ts';

/** Events of one run of emmett's appends: enough for a second. */
const APPENDS = 4_000;
/** Events of one run of emmett's projection. */
const PROJECTED = 10_000;
/** Events a batch: its default of 100 is several times slower. */
const BATCH = 1_000;

/** The server as a URL, in which a Unix socket's directory is the host. */
function urlOf({ path, host, port, user, password, database }: ServerTarget): string {
  const login = password === undefined ? user : `${user}:${encodeURIComponent(password)}`;
  return path === undefined
    ? `postgresql://${login}@${host ?? '127.0.0.1'}:${port}/${database}`
    : `postgresql://${login}@localhost:${port}/${database}?host=${encodeURIComponent(dirname(path))}`;
}

/** The appends of `append_64` by emmett, against our own in the same run. */
export async function openEmmettAppend(context: BenchContext): Promise<OpenPair> {
  const { getPostgreSQLEventStore } = await loadEmmett();
  const store = getPostgreSQLEventStore(urlOf(context.target));
  await store.schema.migrate();
  const ours = await openAppend(context);
  return {
    pair: {
      name: 'emmett_append_64',
      unit: 'events/s',
      aim: { ratioAtMost: 1 / 10 },
      floorName: 'our own appends, as in `append_64`',
      value: () =>
        appendRate(
          (stream, { type, data, metadata }, at) =>
            store.appendToStream(
              stream,
              [{ type, data: data as Record<string, unknown>, metadata: { ...metadata } }],
              { expectedStreamVersion: at === -1 ? 'STREAM_DOES_NOT_EXIST' : BigInt(at + 1) },
            ),
          APPENDS,
        ),
      floor: () => appendRate(ours.append),
    },
    async close() {
      await ours.close();
      await store.close();
    },
  };
}

/** The rows that `rebuild` writes for an event, as statements. */
function rowsOf(SQL: EmmettSqlTag, { data, metadata }: EmmettEvent, position: number): EmmettSql[] {
  const { deployment_id, tenant_id, day, set_no, part, parts, observations } = data as ReturnType<
    typeof meteredEvent
  >;
  const rows = observations.map(
    ({ resource_id, resource_kind, granularity, qty }) => SQL`
    insert into emmett_usage_records (deployment_id, day, set_no, resource_id, resource_kind, granularity,
      hour, qty)
    values (${deployment_id}, ${day}, ${set_no}, ${resource_id}, ${resource_kind}, ${granularity}, -1, ${qty})
    on conflict (deployment_id, day, set_no, resource_id, resource_kind, hour) do update
    set granularity = excluded.granularity, qty = excluded.qty`,
  );
  if (part < parts) return rows;
  const recordedAt = metadata['recorded_at'];
  return [
    ...rows,
    SQL`
    insert into emmett_usage_sets (deployment_id, day, set_no, tenant_id, position, recorded_at)
      values (${deployment_id}, ${day}, ${set_no}, ${tenant_id}, ${position}, ${recordedAt})
    on conflict (deployment_id, day, set_no) do update
    set tenant_id = excluded.tenant_id, position = excluded.position, recorded_at = excluded.recorded_at`,
    SQL`
    insert into emmett_usage_days (deployment_id, day, tenant_id, set_no, position, recorded_at)
      values (${deployment_id}, ${day}, ${tenant_id}, ${set_no}, ${position}, ${recordedAt})
    on conflict (deployment_id, day) do update
    set tenant_id = excluded.tenant_id, set_no = excluded.set_no, position = excluded.position,
    recorded_at = excluded.recorded_at`,
  ];
}

const tables = [usageRecords, usageDays, usageSets];

/**
 * The rows of `rebuild` by emmett's projection, each batch in one transaction, against our own rebuild in the
 * same run.
 */
export async function openEmmettProjection(context: BenchContext): Promise<OpenPair> {
  const { sql } = context;
  const { getPostgreSQLEventStore, postgreSQLRawSQLProjection, rebuildPostgreSQLProjections, SQL } =
    await loadEmmett();
  const connectionString = urlOf(context.target);
  const store = getPostgreSQLEventStore(connectionString);
  await store.schema.migrate();
  for (let from = 0; from < PROJECTED; from += 100) {
    const events = Array.from({ length: 100 }, (_, n): EmmettEvent => ({
      type: 'UsageMetered',
      data: meteredEvent(from + n),
      metadata: { recorded_at: '2026-04-02T01:10:00.000Z' },
    }));
    await store.appendToStream(`metering-${from}`, events, {
      expectedStreamVersion: 'STREAM_DOES_NOT_EXIST',
    });
  }
  // The same tables with the same keys and indexes.
  for (const statement of definitionOf({
    ...usage,
    schema: 'emmett_usage',
    tables: tables.map((table) => ({ ...table, schema: 'emmett_usage' })),
  }))
    await sql.unsafe(statement);
  for (const { name } of tables)
    await sql.unsafe(`create view emmett_${name} as select * from emmett_usage.${name}`);
  let run = 0;
  // Each run has its own projection name: with the same name it would continue where the last one ended.
  const projection = () =>
    postgreSQLRawSQLProjection({
      name: `usage_${(run += 1)}`,
      canHandle: ['UsageMetered'],
      init: () => [],
      evolve: (event) => rowsOf(SQL, event, Number(event.metadata['globalPosition'])),
    });
  return {
    pair: {
      name: 'emmett_projection',
      unit: 'events/s',
      aim: { ratioAtMost: 1 / 50 },
      floorName: 'our own rebuild, as in `rebuild`',
      async value() {
        await sql.unsafe(`truncate ${tables.map(({ name }) => `emmett_usage.${name}`).join(', ')}`);
        const consumer = rebuildPostgreSQLProjections({
          connectionString,
          projections: [projection()],
          pulling: { batchSize: BATCH },
        });
        const seconds = await secondsOf(() => consumer.start());
        await consumer.close();
        const [made] = await sql<{ rows: number }[]>`select count(*) as rows from emmett_usage.usage_records`;
        if (made?.rows !== PROJECTED)
          throw new Error(`emmett made ${made?.rows ?? 0} rows of ${PROJECTED} events`);
        return PROJECTED / seconds;
      },
      floor: () => rebuildUsage(context),
    },
    close: () => store.close(),
  };
}

import type { Sql } from '../../src/database/db.ts';
import { idFrom } from '../../src/engine/ids.ts';
import { silentLogger } from '../../src/engine/logger.ts';
import { bareDefinitionOf, ensureReadModels } from '../../src/engine/read-models.ts';
import { journalPages } from '../../src/rebuild/journal-pages.ts';
import { rebuildProjections } from '../../src/rebuild/rebuild.ts';
import { copyIn } from '../../src/rebuild/row-copy.ts';
import { usage } from '../../projections/usage/usage.ts';
import { usageRecords } from '../../projections/usage/tables.ts';
import { copyRows } from './copy.ts';
import { secondsOf, type Pair } from './figure.ts';

/** A set of a deployment's day has so many parts, one observation each. */
const PARTS = 5;

/** The rebuild of metered usage from its events, against COPY out, parse, COPY of as many usage records into a bare table. */
export function rebuildPair(sql: Sql, openPool: (max: number) => Sql, events: number): Pair {
  let prepared = false;
  const prepareOnce = async () => {
    if (!prepared) await prepare(sql, events);
    prepared = true;
  };
  return {
    name: 'rebuild', unit: 'events/s', aim: 0.6, floorName: 'COPY out, parse, COPY in of the same usage records, no keys',
    async value() {
      await prepareOnce();
      return events / (await secondsOf(async () => {
        const [outcome] = await rebuildProjections([usage], { openPool, logger: silentLogger });
        if (outcome?.status !== 'completed') throw new Error(JSON.stringify(outcome));
      }));
    },
    async floor() {
      await prepareOnce();
      const table = { ...usageRecords, schema: 'public', name: 'floor_usage', ref: 'public.floor_usage' };
      await sql`drop table if exists floor_usage`;
      await sql.unsafe(bareDefinitionOf(table as never).create);
      const reader = openPool(1);
      const seconds = await secondsOf(() => sql.begin((tx) => copyIn(tx, table as never, [])).then(async () => {
        let rows: Record<string, unknown>[] = [];
        const send = async () => {
          await sql.begin((tx) => copyIn(tx, table as never, rows));
          rows = [];
        };
        for await (const page of journalPages(reader, { after: 0, upTo: events })) {
          for (const event of page) {
            const data = event.data as { deployment_id: string; day: string; set_no: number; observations: [Record<string, unknown>] };
            rows.push({ deployment_id: data.deployment_id, day: data.day, set_no: data.set_no, hour: -1, ...data.observations[0] });
          }
          if (rows.length >= 20_000) await send();
        }
        await send();
      }));
      await reader.end();
      return events / seconds;
    },
  };
}

/** Fills an empty journal with metered usage. */
async function prepare(sql: Sql, events: number): Promise<void> {
  await sql`truncate journal`;
  await ensureReadModels(sql, [usage]);
  const metadata = JSON.stringify({
    actor: { sub: 'job:metering.day', tenant_id: null, roles: ['platform_admin'] }, correlation_id: idFrom('bench', 'correlation'), causation_id: idFrom('bench', 'causation'),
    command: 'meter-deployment-day', schema_version: 1, recorded_at: '2026-04-02T01:10:00.000Z',
  });
  await copyRows(sql, 'journal (position, stream, revision, id, type, data, metadata, recorded_at)', Array.from({ length: events }, (_, n) => () => {
    const set = Math.floor(n / PARTS);
    const day = `2026-04-${String((set % 28) + 1).padStart(2, '0')}`;
    const deployment = idFrom('deployment', 'bench', Math.floor(set / 28));
    const data = {
      deployment_id: deployment, tenant_id: `tenant-${set % 97}`, day, set_no: 1, set_hash: 'bench', part: (n % PARTS) + 1, parts: PARTS,
      observations: [{ resource_id: idFrom('resource', n % 50_000), resource_kind: 'droplet_hours', granularity: 'day', qty: '24' }],
    };
    return [String(n + 1), `metering-${set}`, String(n % PARTS), idFrom('bench-usage', n), 'UsageMetered', JSON.stringify(data), metadata, '2026-04-02T01:10:00.000Z'];
  }));
  await sql`update projection_checkpoints set position = ${events}, status = 'live' where name = ${usage.name} and version = ${usage.version}`;
  await sql`vacuum analyze journal`;
}

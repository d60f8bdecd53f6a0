import { randomUUID } from 'node:crypto';
import { idFrom } from '../../src/ledger/ids.ts';
import { silentLogger } from '../../src/runtime/logger.ts';
import { rebuildProjections } from '../../src/read-models/rebuild/rebuild.ts';
import { projections } from '../../projections/index.ts';
import { copyJournal, type JournalRow } from './copy.ts';
import { setCheckpoints, type BenchContext } from './context.ts';

/** How many parts, of one observation each, a set of a deployment's day has. */
const PARTS = 5;
const DAYS = 28;

const recordedAt = '2026-04-02T01:10:00.000Z';

/** The events' metadata: about 300 bytes, like that of a job. */
export const jobMetadata = JSON.stringify({
  actor: { sub: 'job:metering.day', tenant_id: null, roles: ['platform_admin'] },
  correlation_id: idFrom('bench', 'correlation'),
  causation_id: idFrom('bench', 'causation'),
  command: 'meter-deployment-day',
  schema_version: 1,
  recorded_at: recordedAt,
});

/** One event of metered usage, the `n`th of many (from 0), which makes one usage record. */
export function meteredEvent(n: number) {
  const set = Math.floor(n / PARTS);
  return {
    deployment_id: `deployment-${String(Math.floor(set / DAYS)).padStart(8, '0')}-of-the-bench`,
    tenant_id: `tenant-${set % 97}`,
    day: `2026-04-${String((set % DAYS) + 1).padStart(2, '0')}`,
    set_no: 1,
    set_hash: 'bench',
    part: (n % PARTS) + 1,
    parts: PARTS,
    observations: [
      {
        resource_id: `resource-${String(n % 50_000).padStart(8, '0')}-of-the-bench`,
        resource_kind: 'droplet_hours',
        granularity: 'day',
        hour: null,
        qty: '24',
      },
    ],
  };
}

function* meteredRows(count: number): Generator<JournalRow> {
  for (let n = 0; n < count; n++) {
    yield {
      stream: `metering-${Math.floor(n / PARTS)}`,
      revision: n % PARTS,
      id: randomUUID(),
      type: 'UsageMetered',
      data: JSON.stringify(meteredEvent(n)),
      metadata: jobMetadata,
      recordedAt,
    };
  }
}

/** Fills a ledger with metered usage only, and brings its read models and hash chain up to date. */
export async function prepareMeteredUsage({ sql, openPool, events }: BenchContext): Promise<void> {
  await copyJournal(sql, 0, meteredRows(events));
  await setCheckpoints(sql, events);
  await sql`vacuum analyze journal`;
  const outcomes = await rebuildProjections(projections, { openPool, logger: silentLogger });
  const failed = outcomes.find(({ status }) => status === 'failed');
  if (failed !== undefined) throw new Error(JSON.stringify(failed));
}

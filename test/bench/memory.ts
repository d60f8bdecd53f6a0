import type { Sql } from '../../src/database/db.ts';
import { silentLogger } from '../../src/engine/logger.ts';
import { createPositionWaiter } from '../../src/engine/position-waiter.ts';
import type { Projection } from '../../src/engine/projection.ts';
import { startProjector } from '../../src/engine/projector.ts';

const EVENTS = 1_000_000;

/** Resident memory, in MB, while the runner goes through a million events: at a fifth of the way, and the most seen after it. */
export interface MemoryFigure { events: number; atOneFifth: number; peakAfter: number }

/** Fills the journal up to a million events and lets the runner follow from the first. Flat means: no more at the end than early on. */
export async function measureMemory(sql: Sql, projection: Projection, openPool: (max: number) => Sql): Promise<MemoryFigure> {
  const [row] = await sql<{ position: number }[]>`select coalesce(max(position), 0) as position from journal`;
  const missing = Math.max(0, EVENTS - (row?.position ?? 0));
  await sql`
    insert into journal (position, stream, revision, id, type, data, metadata, recorded_at)
    select ${row?.position ?? 0}::bigint + n, 'memory-' || n, 0, gen_random_uuid(), type, data, metadata, recorded_at
    from generate_series(1, ${missing}::bigint) n, (select type, data, metadata, recorded_at from journal where type = 'ResourceChanged' limit 1) sample`;
  await sql`update projection_checkpoints set position = 0 where name = ${projection.name}`;
  const waiter = await createPositionWaiter(sql, [projection]);
  const pools = [openPool(4), openPool(1)] as const;
  const runner = startProjector(...pools, [projection], silentLogger);
  const rss = () => Math.round(process.memoryUsage.rss() / 1e6);
  await waiter.waitFor(EVENTS / 5, 300_000);
  const atOneFifth = rss();
  let peakAfter = atOneFifth;
  const sampler = setInterval(() => { peakAfter = Math.max(peakAfter, rss()); }, 50);
  await waiter.waitFor(EVENTS, 600_000);
  clearInterval(sampler);
  await runner.stop();
  await waiter.close();
  for (const pool of pools) await pool.end();
  return { events: EVENTS, atOneFifth, peakAfter };
}

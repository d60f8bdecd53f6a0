import { silentLogger } from '../../src/runtime/logger.ts';
import { createPositionWaiter } from '../../src/read-models/position-waiter.ts';
import { startProjector } from '../../src/read-models/projector.ts';
import type { BenchContext, OpenPair } from './context.ts';
import { benchProjection } from './live-projection.ts';

/**
 * Resident memory, in MB, while the runner follows the whole journal: the most seen after a fifth of the way,
 * compared with that point. It is flat when it does not grow after the first fifth.
 */
export async function openMemory({ sql, openPool, events }: BenchContext): Promise<OpenPair> {
  const waiter = await createPositionWaiter(sql, [benchProjection]);
  const pools = [openPool(4), openPool(1)] as const;
  const rss = () => Math.round(process.memoryUsage.rss() / 1e6);
  let atOneFifth = 0;
  return {
    pair: {
      name: 'memory',
      unit: 'MB',
      aim: { valueAtMost: 350 },
      floorName: 'its size at a fifth of the way',
      repetitions: 1,
      async value() {
        const runner = startProjector(...pools, [benchProjection], silentLogger);
        await waiter.waitFor(Math.floor(events / 5), 600_000);
        atOneFifth = rss();
        let peak = atOneFifth;
        const sampler = setInterval(() => {
          peak = Math.max(peak, rss());
        }, 50);
        await waiter.waitFor(events, 1_200_000);
        clearInterval(sampler);
        await runner.stop();
        return peak;
      },
      floor: async () => atOneFifth,
    },
    async close() {
      await waiter.close();
      for (const pool of pools) await pool.end();
    },
  };
}

/**
 * A process that works by night what a service does by itself, for a test that kills it. Its parent orders
 * each night, and hears of each step.
 */
import { Nights } from './night.ts';
import type { NightNews, NightOrder, NightsLife } from './nights-life.ts';

const say = (news: NightNews): void => {
  process.send?.(news);
};
const life = JSON.parse(process.argv[2] ?? '') as NightsLife;
const nights = await Nights.open(life, (step) => say({ kind: 'step', step }));

// Its parent is gone.
process.on('disconnect', () => process.exit(1));
process.on('message', ({ day }: NightOrder) => {
  nights.work(day).then(
    (night) => say({ kind: 'over', night }),
    (error: unknown) =>
      say({ kind: 'failed', error: error instanceof Error ? String(error.stack) : String(error) }),
  );
});
say({ kind: 'ready' });

import { spawn, type ChildProcess } from 'node:child_process';
import type { RequestLimits } from '../../../src/digitalocean/request-tally.ts';
import type { DigitalOceanSimulator, LoggedRequest } from '../../../simulators/digitalocean/index.ts';
import { argumentsFor } from '../cli/child.ts';

/** What a process of the test does: so many requests, one after the other. */
export interface BudgetWork {
  work: 'billing' | 'domains';
  requests: number;
  /** Ends the process by SIGKILL when it first sleeps. */
  killed?: boolean;
}

export interface BudgetChildOrder extends BudgetWork {
  baseUrl: string;
  token: string;
  limits: RequestLimits;
  /** Null: it counts alone. */
  redisPath: string | null;
  now: number;
}

export type BudgetChildNews = { kind: 'asleep'; until: number } | { kind: 'done' };

/**
 * Runs the processes at once, in the simulator's time. It moves when all of them sleep, to the first that
 * wakes; so none of them is ever late.
 */
export async function runBudgetProcesses(
  simulator: DigitalOceanSimulator,
  { limits, redisPath }: Pick<BudgetChildOrder, 'limits' | 'redisPath'>,
  works: readonly BudgetWork[],
): Promise<void> {
  const asleep = new Map<ChildProcess, number>();
  const living = new Set<ChildProcess>();
  const moveOn = (): void => {
    if (living.size === 0 || asleep.size < living.size) return;
    const first = Math.min(...asleep.values());
    simulator.clock.advance(Math.max(0, first - simulator.clock.now()));
    for (const [child, until] of asleep) {
      if (until > simulator.clock.now()) continue;
      asleep.delete(child);
      child.send(simulator.clock.now());
    }
  };
  const started = works.map((work) => {
    const { url: baseUrl, token, clock } = simulator;
    const order: BudgetChildOrder = { ...work, baseUrl, token, limits, redisPath, now: clock.now() };
    const child = spawn(
      process.execPath,
      [...argumentsFor('test/support/digitalocean/budget-child.ts'), JSON.stringify(order)],
      { stdio: ['ignore', 'inherit', 'inherit', 'ipc'], env: { PATH: process.env['PATH'] ?? '' } },
    );
    living.add(child);
    return { child, work };
  });
  await Promise.all(
    started.map(
      ({ child, work }) =>
        new Promise<void>((resolve, reject) => {
          let isDone = false;
          child.on('message', (news: BudgetChildNews) => {
            if (news.kind === 'done') isDone = true;
            else if (work.killed === true) child.kill('SIGKILL');
            else {
              asleep.set(child, news.until);
              moveOn();
            }
          });
          child.once('exit', (code) => {
            living.delete(child);
            moveOn();
            if (isDone || work.killed === true) resolve();
            else reject(new Error(`a process of the budget ended with ${String(code)}`));
          });
        }),
    ),
  );
}

/** The most requests in any window of this length. */
export function mostInWindow(requests: readonly LoggedRequest[], lengthMs: number): number {
  const times = requests.map(({ at_ms }) => at_ms);
  return Math.max(...times.map((end) => times.filter((time) => time > end - lengthMs && time <= end).length));
}

import { setImmediate as nextTurn } from 'node:timers/promises';
import type { DigitalOceanSimulator } from '../../../simulators/digitalocean/index.ts';
import { createRequestBudget } from '../../../src/digitalocean/request-budget.ts';
import { createActionStarter } from '../../../src/digitalocean/start-action.ts';
import type { Provisioning } from '../../../src/processes/process.ts';

/** The token that may change droplets at a stand-in. */
export const WRITE_TOKEN = 'dop_v1_simulator_write';

/** What reverts change a stand-in's droplets by. A pause moves both clocks and ends at once. */
export function testProvisioning(
  simulator: DigitalOceanSimulator,
  ledgerClock: { now(): string; advance(milliseconds: number): void },
): Provisioning {
  simulator.tokens.allow(WRITE_TOKEN, ['droplet:update']);
  const clock = { now: () => Date.parse(ledgerClock.now()) };
  const sleep = async (milliseconds: number): Promise<void> => {
    simulator.clock.advance(milliseconds);
    ledgerClock.advance(milliseconds);
    await nextTurn();
  };
  const budget = createRequestBudget({ perMinute: 250, perHour: 5_000, clock, sleep });
  const starter = createActionStarter({ baseUrl: simulator.url, token: WRITE_TOKEN, budget, clock });
  return { ...starter, sleep, random: () => 0.5 };
}

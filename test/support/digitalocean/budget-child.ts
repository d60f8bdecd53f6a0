// A process with a client of its own, for the test of the budget that processes share. Its time is the
// parent's: it sleeps by a message, and the answer has the new time.
import { createDigitalOceanClient } from '../../../src/digitalocean/client.ts';
import { createRequestBudget } from '../../../src/digitalocean/request-budget.ts';
import { createRedisTally } from '../../../src/jobs/redis-tally.ts';
import { until } from '../runtime/until.ts';
import type { BudgetChildNews, BudgetChildOrder } from './budget-processes.ts';

const order = JSON.parse(process.argv.at(-1) ?? '') as BudgetChildOrder;
const send = (news: BudgetChildNews): void => {
  process.send?.(news);
};
let { now } = order;
let wake: () => void = () => undefined;
process.on('message', (time) => {
  now = Number(time);
  wake();
});
const clock = { now: () => now };
const sleep = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => {
    wake = resolve;
    send({ kind: 'asleep', until: now + milliseconds });
  });

const { baseUrl, token, limits, redisPath, work, requests } = order;
const isThere = (held: number | null): boolean => held !== null;
const tally =
  redisPath === null
    ? null
    : createRedisTally({ baseUrl, token, limits, find: async () => ({ path: redisPath }), now: clock.now });
const budget = createRequestBudget({
  ...limits,
  clock,
  sleep,
  ...(tally === null ? {} : { shared: { tally } }),
});
// A machine that is too busy to connect in time would make it count alone at first.
if (tally !== null) await until('the shared budget', () => tally.heldForMs().catch(() => null), isThere);
const client = createDigitalOceanClient({ baseUrl, token, clock, sleep, random: () => 0.5, budget });
for (let sent = 0; sent < requests; sent += 1) {
  await (work === 'billing' ? client.getBalance() : client.listDomains());
}
tally?.close();
send({ kind: 'done' });
process.disconnect();

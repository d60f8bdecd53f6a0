/** A process that reverts drifts, for a test that kills it with a revert at every step. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createDigitalOceanClient } from '../../../src/digitalocean/client.ts';
import { createRequestBudget } from '../../../src/digitalocean/request-budget.ts';
import { createActionStarter } from '../../../src/digitalocean/start-action.ts';
import { randomId } from '../../../src/ledger/ids.ts';
import { openJournalAsLog } from '../../../src/open-log.ts';
import { openService } from '../../../src/open-service.ts';
import { createApi } from '../http/api.ts';
import { testParts } from '../ledger/test-parts.ts';
import type { RevertLife, RevertNews, RevertOrder } from './revert-life.ts';
import { SharedTime } from './shared-time.ts';
import { StepWatch } from './step-watch.ts';

const life = JSON.parse(process.argv[2] ?? '') as RevertLife;
const { reverts, digitalOcean } = life;
const say = (news: RevertNews, then?: () => void): void => void process.send?.(news, () => then?.());

let moved = (): void => undefined;
const time = new SharedTime(
  life.now,
  () => watch.count('under way'),
  (to) =>
    new Promise((resolve) => {
      moved = resolve;
      say({ kind: 'time', to });
    }),
);

const watch = new StepWatch(
  reverts.map(({ resource_id, droplet_id, stopAt }) => ({
    key: resource_id,
    texts: [resource_id, String(droplet_id)],
    stopAt,
  })),
  () => {
    if (watch.count('under way') > 0) return time.look();
    const stopped = watch.count('stopped');
    say({ kind: 'over', stopped, steps: Object.fromEntries(watch.steps) }, () => {
      if (stopped > 0) process.kill(process.pid, 'SIGKILL');
    });
  },
);

const clock = { now: () => Date.parse(time.now()) };
const sleep = (milliseconds: number): Promise<void> => time.sleep(milliseconds);
const outside = { baseUrl: digitalOcean.url, clock, sleep, fetch: watch.fetch, random: () => 0.5 };
// Waiting for a budget would be of no run.
const budget = createRequestBudget({ perMinute: 1_000_000, perHour: 1_000_000, clock, sleep });
const service = await openService({
  ...testParts(life.target),
  ...{ clock: time, newId: randomId },
  openLog: watch.openLog(openJournalAsLog, (types) =>
    types.some((type) => type === 'DriftReverted' || type === 'DriftRevertFailed'),
  ),
  digitalOcean: createDigitalOceanClient({ ...outside, token: digitalOcean.token, budget }),
  provisioning: {
    ...createActionStarter({ ...outside, token: digitalOcean.writeToken, budget }),
    ...{ sleep, random: outside.random },
  },
  // What no request asks for is taken up in the background.
  settles: reverts.some(({ isAsked }) => !isAsked),
});
const http = service.app.listen(0, '127.0.0.1');
await once(http, 'listening');

// Its parent is gone.
process.on('disconnect', () => process.exit(1));
process.on('message', (order: RevertOrder) => {
  if (order.kind === 'moved') return moved();
  http.close();
  http.closeAllConnections();
  process.removeAllListeners('disconnect');
  void service.close().then(() => process.disconnect());
});

const api = createApi(`http://127.0.0.1:${(http.address() as AddressInfo).port}`);
for (const { drift_id, name, isAsked } of reverts) {
  if (!isAsked) continue;
  void api
    .post(`drift/${drift_id}/revert`, { confirm: name }, { headers: { 'Idempotency-Key': drift_id } })
    .then(({ status, body }) => {
      if (status !== 202) throw new Error(`the revert of ${name}: ${status} ${JSON.stringify(body)}`);
    });
}

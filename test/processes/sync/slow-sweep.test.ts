import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'chai';
import { aBackup, aDroplet, emptyAccount } from '../../../simulators/digitalocean/index.ts';
import { createDigitalOceanClient } from '../../../src/digitalocean/client.ts';
import { createRequestBudget } from '../../../src/digitalocean/request-budget.ts';
import { jobs } from '../../../src/jobs/jobs.ts';
import { createScheduleStore } from '../../../src/jobs/schedule-store.ts';
import { mostInWindow } from '../../support/digitalocean/budget-processes.ts';
import { startTestRedis, type TestRedis } from '../../support/embedded/test-redis.ts';
import { stageWorkers } from '../../support/jobs/worker-stage.ts';
import { startTestLedger, type TestLedger } from '../../support/ledger/test-ledger.ts';
import { inventoryOf } from '../../support/processes/sync-run.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
/** One request a minute is the share of backups, and that of droplets, which goes first. */
const limits = { perMinute: 2, perHour: 5_000 };
/** One request each: with those of the droplets more than the hour between two ticks has room for. */
const withBackups = 60;
/** Minutes between two sweeps of droplets, of two requests each. */
const dropletsEvery = 10;

describe('a sweep that does not fit its share of the request budget', () => {
  let ledger: TestLedger;
  let redis: TestRedis;
  let workers: ReturnType<typeof stageWorkers>;
  before(async () => {
    const account = emptyAccount();
    for (let count = 0; count < withBackups; count += 1) {
      const backup = aBackup();
      const droplet = aDroplet({ backup_ids: [backup.id] });
      account.droplets.push(droplet);
      account.backups[String(droplet.id)] = [backup];
    }
    [ledger, redis] = await Promise.all([
      startTestLedger({ now: '2026-05-09T15:41:00.000Z', digitalOcean: { account, limits } }),
      startTestRedis(),
    ]);
    workers = stageWorkers(ledger, redis);
  });
  after(async () => {
    await workers.close();
    await redis.stop();
    await ledger.close();
  });

  it('stretches its cadence, and takes nothing from the more urgent', async () => {
    const { digitalOcean: simulator } = ledger;
    const store = createScheduleStore(ledger.sql);
    const now = (): number => simulator.clock.now();
    const start = now();
    const sleepers: { due: number; wake: () => void }[] = [];
    const sleep = (milliseconds: number): Promise<void> =>
      new Promise((wake) => {
        sleepers.push({ due: now() + milliseconds, wake });
      });
    /** Requests that wait for the budget. */
    const waiting = { backups: 0, droplets: 0 };
    let underWay = 0;
    const budget = createRequestBudget({ ...limits, clock: { now }, sleep });
    const client = createDigitalOceanClient({
      baseUrl: simulator.url,
      token: simulator.token,
      clock: { now },
      sleep,
      random: () => 0.5,
      async fetch(...request) {
        underWay += 1;
        const answer = await fetch(...request);
        underWay -= 1;
        return answer;
      },
      budget: {
        async acquire(priority) {
          const kind = priority === 'backups' ? 'backups' : 'droplets';
          waiting[kind] += 1;
          await budget.acquire(priority);
          waiting[kind] -= 1;
        },
        observe: (quota) => {
          budget.observe(quota);
        },
        holdUntil: (time) => {
          budget.holdUntil(time);
        },
        heldForMs: () => budget.heldForMs(),
      },
    });
    // Ticks are taken by the time of the test instead of the machine's.
    const worker = workers.start(
      jobs.map((job) => ({ ...job, cron: null })),
      { digitalOcean: client },
    );
    let sweeping = 0;
    const sweepDroplets = async (): Promise<void> => {
      sweeping += 1;
      const actor = { sub: 'job:sync.droplets', tenant_id: null, roles: [] };
      const { error } = await worker.runner.run('sync.droplets', {}, { actor });
      expect(error).to.equal(null);
      sweeping -= 1;
    };
    const ticks: { minute: number; queued: number }[] = [];
    const tickBackups = async (minute: number): Promise<void> => {
      const at = new Date(start + minute * minuteMs);
      const queued = await store.tick('sync.backups', at, new Date(at.getTime() + hourMs), [{}]);
      ticks.push({ minute, queued: queued.length });
    };
    const done = async (): Promise<boolean> =>
      (await ledger.sql`select 1 from job_runs where job = 'sync.backups' and status = 'completed'`).count >
      0;

    let minute = 0;
    /** Time moves only while all that goes on waits for the budget. */
    const moveOn = async (): Promise<void> => {
      await pause(1);
      const isBusy = underWay > 0 || waiting.backups + waiting.droplets === 0 || waiting.droplets < sweeping;
      if (isBusy) return;
      const nextMinute = start + (minute + 1) * minuteMs;
      const next = Math.min(nextMinute, ...sleepers.map(({ due }) => due));
      simulator.clock.advance(next - now());
      ledger.clock.set(new Date(now()).toISOString());
      for (const sleeper of sleepers.filter(({ due }) => due <= next)) {
        sleepers.splice(sleepers.indexOf(sleeper), 1);
        sleeper.wake();
      }
      if (next < nextMinute) return;
      minute += 1;
      if (minute % 60 === 0) await tickBackups(minute);
      if (minute % dropletsEvery === 0) void sweepDroplets();
    };

    void sweepDroplets();
    while (sweeping > 0) await moveOn();
    await store.begin(['sync.backups'], new Date(start - 1));
    await tickBackups(0);
    while (sweeping > 0 || waiting.backups > 0 || !(await done())) await moveOn();

    const isBackups = ({ path }: { path: string }): boolean => path.endsWith('/backups');
    const sent = simulator.requests.filter(isBackups);
    expect(simulator.requests.filter(({ status }) => status !== 200)).to.deep.equal([]);
    expect(sent).to.have.length(withBackups);
    const tookMs = (sent.at(-1)?.at_ms ?? 0) - (sent[0]?.at_ms ?? 0);
    expect(tookMs, 'longer than the time between two ticks').to.be.above(hourMs);
    expect(ticks, 'the tick meanwhile starts no second sweep').to.deep.equal([
      { minute: 0, queued: 1 },
      { minute: 60, queued: 0 },
    ]);
    expect(mostInWindow(simulator.requests, minuteMs)).to.be.at.most(limits.perMinute - 1);
    // Each sweep of droplets had the next two requests that there was room for.
    const swept = simulator.requests.filter(({ path }) => path === '/v2/droplets');
    const late = swept.map(({ at_ms }) => Math.floor(((at_ms - start) / minuteMs) % dropletsEvery));
    expect(late.every((minutes) => minutes <= 2)).to.equal(true);
    expect(swept).to.have.length(2 * (1 + Math.floor(minute / dropletsEvery)));
    const mirrored = await inventoryOf(ledger, '&kind=droplet_backup');
    expect(mirrored.map((row) => row.missed_syncs)).to.deep.equal(Array(withBackups).fill(0));

    // The next tick after its end begins the next one.
    await tickBackups(120);
    expect(ticks.at(-1)).to.deep.equal({ minute: 120, queued: 1 });
  });
});

import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect } from 'chai';
import {
  createRequestBudget,
  type RequestBudget,
  type RequestPriority,
} from '../../src/digitalocean/request-budget.ts';

/** A clock whose sleepers wake only when time is moved. */
class ManualTime {
  #now = 1_000_000;
  #sleepers: { due: number; wake: () => void }[] = [];

  now(): number {
    return this.#now;
  }

  sleep(milliseconds: number): Promise<void> {
    return new Promise((wake) => {
      this.#sleepers.push({ due: this.#now + milliseconds, wake });
    });
  }

  async advance(milliseconds: number): Promise<void> {
    this.#now += milliseconds;
    const due = this.#sleepers.filter((sleeper) => sleeper.due <= this.#now);
    this.#sleepers = this.#sleepers.filter((sleeper) => sleeper.due > this.#now);
    due.forEach(({ wake }) => wake());
    await settle();
  }
}

/** Lets everything that is ready run. */
const settle = (): Promise<void> => nextTurn();

describe('request budget', () => {
  let time: ManualTime;
  let budget: RequestBudget;
  let granted: string[];

  const start = (perMinute: number, perHour: number): void => {
    time = new ManualTime();
    granted = [];
    budget = createRequestBudget({
      perMinute,
      perHour,
      clock: time,
      sleep: (milliseconds) => time.sleep(milliseconds),
    });
  };
  const ask = async (priority: RequestPriority, times = 1, label: string = priority): Promise<void> => {
    for (let index = 0; index < times; index += 1)
      void budget.acquire(priority).then(() => granted.push(label));
    await settle();
  };
  const grantedCount = (label: string): number => granted.filter((each) => each === label).length;

  it('grants as many as the minute holds, then one for each that leaves it', async () => {
    start(3, 1000);
    await ask('billing', 2);
    await time.advance(10_000);
    await ask('billing', 4);
    expect(granted).to.have.length(3);
    await time.advance(50_000);
    expect(granted).to.have.length(3);
    await time.advance(500);
    expect(granted).to.have.length(5);
    await time.advance(10_000);
    expect(granted).to.have.length(6);
  });

  it('holds the hour as well', async () => {
    start(100, 5);
    await ask('billing', 8);
    expect(granted).to.have.length(5);
    await time.advance(3_599_000);
    expect(granted).to.have.length(5);
    await time.advance(2_000);
    expect(granted).to.have.length(8);
  });

  it('lets the more urgent go first, in any order of arrival', async () => {
    start(1, 1000);
    await ask('billing');
    granted = [];
    for (const priority of ['backups', 'rest', 'projects', 'droplets', 'billing'] as const)
      await ask(priority);
    for (let minute = 0; minute < 5; minute += 1) await time.advance(60_500);
    expect(granted).to.deep.equal(['billing', 'droplets', 'projects', 'rest', 'backups']);
  });

  it('keeps the order of arrival within a priority', async () => {
    start(1, 1000);
    for (const label of ['a', 'b', 'c']) await ask('rest', 1, label);
    for (let minute = 0; minute < 3; minute += 1) await time.advance(60_500);
    expect(granted).to.deep.equal(['a', 'b', 'c']);
  });

  it('leaves room for the urgent where a long sweep of backups would take all', async () => {
    start(100, 1000);
    await ask('backups', 500);
    expect(grantedCount('backups')).to.equal(80);
    await ask('rest', 100);
    expect(grantedCount('rest')).to.equal(5);
    await ask('droplets', 100);
    expect(grantedCount('droplets')).to.equal(12);
    await ask('billing', 100);
    expect(grantedCount('billing')).to.equal(3);
  });

  it('holds all back until the server is ready to hear them', async () => {
    start(100, 1000);
    budget.holdUntil(time.now() + 17_000);
    expect(await budget.heldForMs()).to.equal(17_000);
    await ask('billing', 2);
    await time.advance(16_999);
    expect(granted).to.have.length(0);
    await time.advance(1);
    expect(granted).to.have.length(2);
    expect(await budget.heldForMs()).to.equal(0);
  });

  it('learns what others on the same token have spent, and asks again after a minute', async () => {
    start(100, 1000);
    await ask('billing');
    budget.observe({ limit: 1000, remaining: 2 });
    await ask('billing', 9);
    expect(granted).to.have.length(3);
    await time.advance(60_000);
    expect(granted).to.have.length(10);
  });

  it('learns a smaller hourly limit, and never a larger one', async () => {
    start(100, 50);
    budget.observe({ limit: 4, remaining: null });
    await ask('billing', 60);
    expect(granted).to.have.length(4);
    start(100, 50);
    budget.observe({ limit: 5000, remaining: null });
    await ask('billing', 60);
    expect(granted).to.have.length(50);
  });

  it('passes a failing sleep on to those that wait, and goes on afterwards', async () => {
    time = new ManualTime();
    let broken = true;
    const sleep = (milliseconds: number): Promise<void> =>
      broken ? Promise.reject(new Error('shutting down')) : time.sleep(milliseconds);
    budget = createRequestBudget({ perMinute: 1, perHour: 10, clock: time, sleep });
    await budget.acquire('rest');
    let refused = '';
    await budget.acquire('rest').catch((error: unknown) => {
      refused = error instanceof Error ? error.message : '';
    });
    expect(refused).to.equal('shutting down');
    broken = false;
    granted = [];
    await ask('rest');
    await time.advance(60_500);
    expect(granted).to.deep.equal(['rest']);
  });
});

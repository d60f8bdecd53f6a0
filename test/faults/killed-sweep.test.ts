import { expect } from 'chai';
import { drift, projects, resources, resourceTies } from '../../projections/inventory/tables.ts';
import { sizes } from '../../projections/costs/tables.ts';
import { groupBy } from '../../src/runtime/group-by.ts';
import { liveJobs } from '../support/faults/job-life.ts';
import {
  expectLocks,
  locksAtRest,
  plainRows,
  said,
  type HeldLock,
} from '../support/faults/killed-account.ts';
import { changesOf, startSwept, sweep, sweepJobs } from '../support/faults/swept-account.ts';
import type { TestLedger } from '../support/ledger/test-ledger.ts';
import { readAll } from '../support/year/journal-checks.ts';

/** Far more rounds than a job has steps. */
const mostRounds = 100;
/** A resource is gone after three sweeps without it. */
const strikes = 3;

describe('sweeps whose process is killed at every step', function () {
  this.timeout(300_000);
  let ledger: TestLedger;
  let undisturbed: TestLedger;
  let heldBefore: readonly HeldLock[];
  let rounds = 0;
  /** By job, the step that it was killed at in each round. */
  const killedAt = new Map<string, string[]>(sweepJobs.map((job) => [job, []]));

  async function change(round: number): Promise<void> {
    const minutes = 120 + 20 * round;
    const make = changesOf(round);
    for (const one of [ledger, undisturbed]) {
      one.clock.set(new Date(Date.parse('2026-05-09T00:00:00.000Z') + minutes * 60_000).toISOString());
      await make(one);
    }
  }
  const sweepBoth = () => Promise.all([ledger, undisturbed].map(sweep));

  /** The account changes, every job of a sweep is killed at that step, and the next sweep follows. */
  async function killAt(step: number): Promise<number> {
    await change(step);
    const { stopped, steps } = await liveJobs(
      ledger,
      null,
      sweepJobs.map((job) => ({ key: job, job, stopAt: step })),
    );
    for (const [job, names] of Object.entries(steps)) killedAt.get(job)?.push(...names.slice(step - 1, step));
    await sweepBoth();
    return stopped;
  }

  before(async () => {
    [ledger, undisturbed] = await Promise.all([startSwept(), startSwept()]);
    heldBefore = await locksAtRest(ledger);
    for (const round of [-1, 0]) {
      await change(round);
      await sweepBoth();
    }
    for (let stopped = 1; stopped > 0 && rounds < mostRounds;) stopped = await killAt(++rounds);
    // What is gone since the last rounds becomes stale in both.
    for (let n = 0; n < strikes; n += 1) await sweepBoth();
  });
  after(async () => {
    await ledger.close();
    await undisturbed.close();
  });

  it('is killed before each of its requests and appends, and after each that changes something', () => {
    expect(rounds).to.be.within(12, mostRounds - 1);
    const all = [...killedAt.values()].flat();
    expect(all.length).to.be.at.least(45);
    // These two share no stream with the others, so that their steps are the same in each round.
    for (const [job, type] of [
      ['sync.volumes', 'ResourceChanged'],
      ['sync.snapshots', 'ResourceDiscovered'],
    ] as const)
      expect(killedAt.get(job)?.slice(1, 5)).to.deep.equal(
        [type, 'SweepRecorded'].flatMap((one) => [`before append ${one}`, `after append ${one}`]),
      );
    expect(all.join())
      .to.match(/ResourceAttributed/)
      .and.to.match(/Resource(?:Tied|Untied)/);
    for (const [job, [first]] of killedAt)
      expect(first, job).to.match(job === 'drift.detect' ? /^before append Drift/ : /^before GET /);
  });

  it('has the rows of an account that was swept without a disturbance', async () => {
    for (const table of [resources, resourceTies, projects, drift, sizes])
      expect(await plainRows(ledger, table), table.ref).to.deep.equal(await plainRows(undisturbed, table));
  });

  it('has its events, but for further sweeps and strikes', async () => {
    const bySaid = async (one: TestLedger) =>
      [...groupBy(await readAll(one), ({ stream }) => stream)].flatMap(([stream, events]) =>
        events
          .filter(({ type }) => type !== 'SweepRecorded' && type !== 'ResourceMissed')
          .map((event) => `${stream} ${said(event)}`),
      );
    expect(await bySaid(ledger)).to.have.members(await bySaid(undisturbed));
  });

  it('leaves no lock', () => expectLocks(ledger, heldBefore));
});

import { expect } from 'chai';
import { meteringStream } from '../../../commands/usage/deployment-day.ts';
import { commands } from '../../../src/processes/commands.ts';
import type { Ledger } from '../../../src/ledger/ledger.ts';
import { meterDays } from '../../../src/processes/metering/meter-days.ts';
import { remeterDays } from '../../../src/processes/metering/remeter.ts';
import type { Observation } from '../../../src/events/usage.ts';
import { startMeteredAccount, type MeteredAccount } from '../../support/processes/metered-account.ts';

const day = '2026-03-10';
const records = (count: number): Observation[] =>
  Array.from({ length: count }, (_, n) => ({
    resource_id: `r-${String(n).padStart(6, '0')}`,
    resource_kind: 'droplet_hours',
    granularity: 'day',
    hour: null,
    qty: '24',
  }));

describe('metering.day', () => {
  let account: MeteredAccount;
  beforeEach(async () => {
    account = await startMeteredAccount();
  });
  afterEach(async () => {
    await account.close();
  });

  const hours = async (deployment: string) =>
    (await account.usage(deployment, '2026-03')).summary.droplet_hours as string | undefined;
  const deploymentsOf = async (...names: string[]) =>
    Promise.all(names.map((name) => account.deployment(name)));
  /** The ledger, with something that happens just before or after a job's nth read. */
  const interrupted = (when: 'before' | 'after', nth: number, happen: () => Promise<void>): Ledger => {
    let reads = 0;
    return Object.assign(Object.create(account.ledger) as Ledger, {
      readLatest: async (query: Parameters<Ledger['readLatest']>[0]) => {
        const now = ++reads === nth;
        if (now && when === 'before') await happen();
        const seen = await account.ledger.readLatest(query);
        if (now && when === 'after') await happen();
        return seen;
      },
    });
  };

  it('marks a day without any usage, once', async () => {
    expect(await account.meterDay(day)).to.deep.equal({ day, deployments: 0, records: 0, changed: 0 });
    const before = await account.eventCount();
    expect(await account.meterDay(day)).to.deep.equal({ day, deployments: 0, records: 0, changed: 0 });
    expect(await account.eventCount()).to.equal(before);
    expect((await account.ledger.events(`metering-day-${day}`)).map((event) => event.data)).to.deep.equal([
      { day, deployments: 0, records: 0 },
    ]);
  });

  it('gives a day once, to the holder of the resource at its end', async () => {
    const [a = '', b = ''] = await deploymentsOf('a', 'b');
    await account.tie(a, ['web-1'], '2026-03-01');
    await account.api.delete(
      `deployments/${a}/resources/${account.resources.get('web-1')}?effective_to=${day}`,
    );
    await account.tie(b, ['web-1'], day);
    await account.meterDay('2026-03-09');
    await account.meterDay(day);
    expect([await hours(a), await hours(b)]).to.deep.equal(['24', '24']);
  });

  it('takes up a tie that was made while it ran', async () => {
    const [a = '', b = ''] = await deploymentsOf('a', 'b');
    await account.tie(a, ['web-1'], day);
    // Before the run marks the day as metered, the day looks unmetered, so the tie itself meters
    // nothing.
    const ledger = interrupted('before', 2, async () => {
      await account.tie(b, ['web-2'], day);
    });
    const result = await meterDays(ledger, { days: [day], complete: true, meta: () => account.meta() });
    expect(result).to.deep.equal({ counts: [{ day, deployments: 2, records: 2 }], changed: 2 });
    expect([await hours(a), await hours(b)]).to.deep.equal(['24', '24']);
    expect(await account.meterDay(day)).to.include({ changed: 0 });
  });

  it('does not let a run with an older view undo a correction', async () => {
    const [a = ''] = await deploymentsOf('a');
    await account.tie(a, ['web-1', 'web-2'], day);
    await account.meterDay(day);
    const ledger = interrupted('after', 1, async () => {
      await account.api.delete(
        `deployments/${a}/resources/${account.resources.get('web-2')}?effective_to=${day}`,
      );
      expect(await hours(a)).to.equal('24');
    });
    await meterDays(ledger, { days: [day], complete: true, meta: () => account.meta() });
    const sets = await account.ledger.events(meteringStream(a, day));
    expect(
      sets.map((event) => (event.data as { observations: unknown[] }).observations.length),
      'the older view was written, and corrected',
    ).to.deep.equal([2, 1, 2, 1]);
    expect(await hours(a)).to.equal('24');
    expect(await account.meterDay(day)).to.deep.equal({ day, deployments: 1, records: 1, changed: 0 });
  });

  it('ends the same for two runs at once as for one', async () => {
    const [a = '', b = ''] = await deploymentsOf('a', 'b');
    await account.tie(a, ['web-1', 'snap-1'], day);
    await account.tie(b, ['web-2', 'one.example'], day);
    await Promise.all([account.meterDay(day), account.meterDay(day), account.meterDay(day)]);
    expect(await account.ledger.events(meteringStream(a, day))).to.have.length(1);
    expect(await account.ledger.events(meteringStream(b, day))).to.have.length(1);
    expect(await account.ledger.events(`metering-day-${day}`)).to.have.length(1);
  });

  it('meters only what is metered anew after a correction', async () => {
    const [a = ''] = await deploymentsOf('a');
    await account.tie(a, ['web-1'], '2026-03-01');
    for (const metered of ['2026-03-03', '2026-03-05']) await account.meterDay(metered);
    const run = { meta: () => account.meta() };
    expect(await remeterDays(account, [a], '2026-03-01', null, run)).to.equal(2);
    expect(await remeterDays(account, [a], '2026-03-04', '2026-03-05', run)).to.equal(0);
    expect(await remeterDays(account, [a], '2026-03-03', '2026-03-04', run)).to.equal(1);
    expect(await remeterDays(account, [a], '2026-03-06', null, run)).to.equal(0);
    expect(await account.ledger.events('metering-day-2026-03-04')).to.deep.equal([]);
    expect(await hours(a)).to.equal('48');
  });

  it('shows nothing of a large set before its last part, and goes on after a crash', async () => {
    const [a = ''] = await deploymentsOf('a');
    const input = { deployment_id: a, tenant_id: 'dashboard-pilot', day, observations: records(12_000) };
    const first = await account.ledger.execute(commands.meterDeploymentDay, input, account.meta());
    expect(first.result.complete).to.equal(false);
    await account.settled();
    expect((await account.usage(a, '2026-03')).data).to.deep.equal([]);
    let outcome = first;
    while (!outcome.result.complete)
      outcome = await account.ledger.execute(commands.meterDeploymentDay, input, account.meta());
    await account.settled();
    expect(await hours(a)).to.equal('288000');
    expect(
      new Set(
        (await account.ledger.events(meteringStream(a, day))).map(
          (event) => (event.data as { set_no: number }).set_no,
        ),
      ),
    ).to.deep.equal(new Set([1]));
    expect(await account.meterDay(day)).to.deep.equal({ day, deployments: 0, records: 0, changed: 1 });
  });
});

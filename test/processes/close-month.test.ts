import { expect } from 'chai';
import type { RollUpResult } from '../../src/processes/roll-up.ts';
import { commands } from '../../src/processes/commands.ts';
import { invoicesRollup } from '../../src/jobs/invoices-rollup.ts';
import type { HeldBack } from '../../src/jobs/job.ts';
import { daysFrom } from '../../src/pricing/calendar.ts';
import { ok, type Json } from '../support/http/api.ts';
import { charge, rollup, seededLedger, subscribed } from '../support/http/invoices-month.ts';
import { setCustomer, setSeller } from '../support/http/parties.ts';
import type { TestLedger } from '../support/ledger/test-ledger.ts';

describe('the scheduled close of a month', () => {
  let ledger: TestLedger;
  before(async () => {
    ledger = await seededLedger({ now: '2026-04-29T10:00:00.000Z' });
    await subscribed(ledger, 'acme', 'site', { starts_on: '2026-04-29' });
  });
  after(() => ledger.close());

  const held = async (period: string): Promise<HeldBack | null> => {
    await ledger.settled();
    return (await invoicesRollup.heldBack?.({ period, force: false }, ledger.processDeps)) ?? null;
  };
  const due = async (): Promise<string[]> => {
    await ledger.settled();
    return ((await invoicesRollup.due?.(ledger.processDeps)) ?? []).map(({ period }) => period);
  };
  /** What a worker does once nothing holds the run back. */
  const attempt = async (period: string): Promise<RollUpResult> => {
    const { run, outcome } = await ledger.jobs.attempt(
      'invoices.rollup',
      { period },
      { attempt: 1, attempts: 5, queue: async () => undefined, onStart: async () => undefined },
    );
    expect([outcome, run.error]).to.deep.equal(['completed', null]);
    return run.result as RollUpResult;
  };
  const meterDays = async (from: string, to: string): Promise<void> => {
    for (const day of daysFrom(from, to)) await ok(ledger.api.post('jobs/metering.day/run', { day }));
  };
  const events = async (period: string): Promise<string[]> =>
    (await ledger.ledger.events(`rollup-${period}`)).map(({ type }) => type);
  const shown = async (period: string): Promise<Json> =>
    (await ok(ledger.api.get(`invoices/close?period=${period}`))).data;

  it('waits for what blocks it, in one sentence, with the items that block or warn', async () => {
    ledger.clock.set('2026-05-01T03:00:00.000Z');
    expect(await due()).to.deep.equal(['2026-04-01']);
    const waits = await held('2026-04-01');
    expect(waits?.waiting_for).to.match(/^2026-04-29 is not metered yet; 2026-04 is blocked by .*seller/);
    expect(waits?.waiting_for).to.not.contain('metering');
    const { status, items } = await shown('2026-04');
    expect(status).to.equal('blocked');
    expect(waits?.held_by).to.deep.equal(items.filter((item: Json) => item.status !== 'ok'));
    expect(waits?.held_by.map(({ item }) => item)).to.include.members(['metering', 'seller']);
    await meterDays('2026-04-29', '2026-04-30');
    expect((await held('2026-04-01'))?.waiting_for).to.match(/^2026-04 is blocked by .*seller/);
  });

  it('closes by itself once that is mended, with the job as who decided', async () => {
    await setSeller(ledger, { effective_from: '2026-04-01' });
    await setCustomer(ledger, 'acme', { effective_from: '2026-04-01' });
    expect(await held('2026-04-01')).to.equal(null);
    expect((await shown('2026-04')).status).to.equal('ready');
    const { invoices } = await attempt('2026-04-01');
    expect(invoices.map(({ tenant_id, status }) => [tenant_id, status])).to.deep.equal([['acme', 'issued']]);
    expect(await events('2026-04-01')).to.deep.equal(['MonthClosed', 'MonthRolledUp']);
    await ledger.settled();
    expect(await shown('2026-04')).to.deep.include({
      ...{ period: '2026-04-01', status: 'closed', rolled_up: true },
      closed: {
        ...{ at: ledger.clock.now(), by: 'job:invoices.rollup', forced: false, reason: null, blocked_by: [] },
      },
    });
    expect(await due()).to.deep.equal([]);
  });

  it('adds nothing when the run comes twice', async () => {
    const before = await ledger.eventCount();
    await Promise.all([attempt('2026-04-01'), attempt('2026-04-01')]);
    expect(await ledger.eventCount()).to.equal(before);
  });

  it('issues what comes later for a closed month without asking the list again', async () => {
    const { data } = await ok(
      ledger.api.post('deployments', { tenant_id: 'late', slug: 'late', display_name: 'Late' }),
      201,
    );
    await charge(ledger, 'late', data.id, 'g-1', '100', '2026-04-30T10:00:00.000Z');
    expect(await due()).to.deep.equal(['2026-04-01']);
    expect(await held('2026-04-01'), 'a customer without a profile').to.equal(null);
    const { invoices } = await attempt('2026-04-01');
    expect(invoices.map(({ tenant_id, status }) => [tenant_id, status])).to.deep.equal([
      ['acme', 'skipped'],
      ['late', 'issued'],
    ]);
    expect(await events('2026-04-01')).to.deep.equal(['MonthClosed', 'MonthRolledUp', 'MonthRolledUp']);
  });

  it('finishes a month whose process died after the decision, whatever stands in its way', async () => {
    ledger.clock.set('2026-06-01T03:00:00.000Z');
    expect(await held('2026-05-01')).to.not.equal(null);
    const decision = {
      ...{ period: '2026-05-01', forced: true, reason: 'it has to go out', blocked_by: ['metering'] },
      unless_rolled_up: false,
    };
    await ledger.ledger.execute(commands.closeMonth, decision, ledger.meta());
    await ledger.settled();
    expect(await shown('2026-05')).to.deep.include({ status: 'closed', rolled_up: false });
    expect(await due()).to.deep.equal(['2026-05-01']);
    expect(await held('2026-05-01')).to.equal(null);
    await attempt('2026-05-01');
    expect(await events('2026-05-01')).to.deep.equal(['MonthClosed', 'MonthRolledUp']);
    await ledger.settled();
    const { closed, rolled_up } = await shown('2026-05');
    expect([closed.reason, closed.by, rolled_up]).to.deep.equal(['it has to go out', 'admin-1', true]);
  });

  it('has nothing to decide about a month that was rolled up by hand', async () => {
    ledger.clock.set('2026-07-01T03:00:00.000Z');
    await rollup(ledger, { period: '2026-06' });
    await ledger.settled();
    expect((await held('2026-06-01'))?.waiting_for).to.equal('2026-06-01 is not metered yet');
    await attempt('2026-06-01');
    expect(await events('2026-06-01')).to.deep.equal(['MonthRolledUp']);
    expect(await shown('2026-06')).to.deep.include({ status: 'closed', rolled_up: true, closed: null });
  });

  it('waits for each day of the automatic lifecycle once that has begun', async () => {
    ledger.clock.set('2026-07-31T10:00:00.000Z');
    await ledger.ledger.execute(
      commands.completeLifecycleDay,
      { day: '2026-07-30', transitions: 0 },
      ledger.meta(),
    );
    ledger.clock.set('2026-08-01T03:00:00.000Z');
    expect((await held('2026-07-01'))?.waiting_for).to.match(
      /^2026-07-01 is not metered yet; job lifecycle.day has not done 2026-07-31 yet/,
    );
  });
});

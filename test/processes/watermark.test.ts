import { expect } from 'chai';
import { silentLogger } from '../../src/runtime/logger.ts';
import type { Job } from '../../src/jobs/job.ts';
import type { ProcessDeps } from '../../src/processes/process.ts';
import { invoicesRollup } from '../../src/jobs/invoices-rollup.ts';
import { meteringDay } from '../../src/jobs/metering-day.ts';
import { daysSince, endedDays, endedMonths } from '../../src/processes/watermark.ts';
import { daysFrom } from '../../src/pricing/calendar.ts';
import { invoiceOf, meter, rollup, seededLedger, subscribed } from '../support/http/invoices-month.ts';
import { ok } from '../support/http/api.ts';
import type { Json } from '../support/http/api.ts';
import { setCustomer, setSeller } from '../support/http/parties.ts';
import { startTestLedger, type TestLedger } from '../support/ledger/test-ledger.ts';

const depsOf = (ledger: TestLedger): ProcessDeps => ({
  ...ledger.processDeps,
  digitalOcean: null,
  finance: null,
  mail: null,
  autoSend: false,
  financeAr: false,
  tax: { name: 'GST', rate: '0.10' },
  logger: silentLogger,
});

/** What a tick of the schedule queues. */
async function dueOf<Input>(job: Job<Input, unknown>, ledger: TestLedger): Promise<Input[]> {
  if (job.due === undefined) throw new Error(`${job.name} does not say what is due`);
  return job.due(depsOf(ledger));
}
const dueDays = async (ledger: TestLedger) => (await dueOf(meteringDay, ledger)).map(({ day }) => day);
const dueMonths = async (ledger: TestLedger) =>
  (await dueOf(invoicesRollup, ledger)).map(({ period }) => period);
const heldBack = async (ledger: TestLedger, period: string): Promise<string | null> =>
  (await invoicesRollup.heldBack?.({ period, force: false }, depsOf(ledger)))?.waiting_for ?? null;

/** Runs a job that has to complete, and returns its result. */
async function run(ledger: TestLedger, job: { readonly name: string }, input: object): Promise<Json> {
  const { status, error, result } = await ledger.jobs.run(job.name, input, {
    actor: { sub: `job:${job.name}`, tenant_id: null, roles: [] },
  });
  expect([job.name, status, error]).to.deep.equal([job.name, 'completed', null]);
  return result;
}
async function meterDays(ledger: TestLedger, days: readonly string[]): Promise<void> {
  for (const day of days) await run(ledger, meteringDay, { day });
}
const marks = async (ledger: TestLedger, period = '2026-04-01') =>
  (await ledger.ledger.events(`rollup-${period}`)).map(({ type, data }) => {
    const { period: month, invoices } = data as Json;
    return [type, { period: month, invoices }];
  });
const deployment = (ledger: TestLedger) =>
  ok(ledger.api.post('deployments', { tenant_id: 'acme', slug: 'site', display_name: 'Site' }), 201);

describe('the calendar of a watermark', () => {
  it("has every day that has ended, over a year's end", () => {
    expect(endedDays('2026-12-30', '2027-01-02')).to.deep.equal(['2026-12-30', '2026-12-31', '2027-01-01']);
    expect(endedDays('2026-12-30', '2026-12-30')).to.deep.equal([]);
    expect(endedDays('2026-12-30', '2026-12-29')).to.deep.equal([]);
  });

  it("has every month that has ended, the first one in part, over a year's end", () => {
    expect(endedMonths('2025-11-17', '2026-02-01')).to.deep.equal(['2025-11-01', '2025-12-01', '2026-01-01']);
    expect(endedMonths('2026-03-31', '2026-04-01')).to.deep.equal(['2026-03-01']);
    expect(endedMonths('2026-02-01', '2026-02-28')).to.deep.equal([]);
    expect(endedMonths('2026-05-01', '2026-02-28')).to.deep.equal([]);
  });

  it('has the days of a month since it began', () => {
    expect(daysSince('2026-03-05', '2026-04-01')).to.deep.equal(daysFrom('2026-04-01', '2026-04-30'));
    expect(daysSince('2026-04-29', '2026-04-01')).to.deep.equal(['2026-04-29', '2026-04-30']);
    expect(daysSince('2026-05-01', '2026-04-01')).to.deep.equal([]);
  });
});

describe('the days that are due for metering', () => {
  let ledger: TestLedger;
  before(async () => {
    ledger = await startTestLedger({ now: '2026-02-25T23:59:59.999Z' });
  });
  after(() => ledger.close());

  it('do not exist on an empty ledger, however old it is', async () => {
    expect(await dueDays(ledger)).to.deep.equal([]);
    ledger.clock.set('2026-02-26T23:59:59.999Z');
    expect(await dueDays(ledger)).to.deep.equal([]);
  });

  it('begin with the day of the first event, once that has ended', async () => {
    await deployment(ledger);
    expect(await dueDays(ledger)).to.deep.equal([]);
    ledger.clock.set('2026-02-27T00:00:00.000Z');
    expect(await dueDays(ledger)).to.deep.equal(['2026-02-26']);
    expect(await dueOf(meteringDay, ledger)).to.deep.equal([{ day: '2026-02-26' }]);
  });

  it('are made up for after days of standstill, gaps and all, oldest first', async () => {
    ledger.clock.set('2026-03-04T01:10:00.000Z');
    await meterDays(ledger, ['2026-03-02', '2026-02-27', '2026-02-20']);
    expect(await dueDays(ledger), 'days before the ledger began are metered by hand').to.deep.equal([
      '2026-02-26',
      '2026-02-28',
      '2026-03-01',
      '2026-03-03',
    ]);
  });

  it('are not due twice', async () => {
    await meterDays(ledger, await dueDays(ledger));
    expect(await dueDays(ledger)).to.deep.equal([]);
    ledger.clock.set('2026-03-05T01:10:00.000Z');
    expect(await dueDays(ledger)).to.deep.equal(['2026-03-04']);
  });
});

describe('the months that are due for a rollup', () => {
  it("are all that ended since the ledger began, over a year's end, except those rolled up", async () => {
    const ledger = await startTestLedger({ now: '2025-11-20T12:00:00.000Z' });
    try {
      ledger.clock.set('2026-02-01T03:00:00.000Z');
      expect(await dueMonths(ledger), 'an empty ledger').to.deep.equal([]);
      expect(await heldBack(ledger, '2026-01-01'), 'an empty ledger').to.equal(
        '2026-01 is blocked by seller',
      );
      ledger.clock.set('2025-11-20T12:00:00.000Z');
      await deployment(ledger);
      ledger.clock.set('2025-11-30T23:59:59.999Z');
      expect(await dueMonths(ledger)).to.deep.equal([]);
      ledger.clock.set('2026-02-01T03:00:00.000Z');
      expect(await dueOf(invoicesRollup, ledger)).to.deep.equal(
        ['2025-11-01', '2025-12-01', '2026-01-01'].map((period) => ({ period, force: false })),
      );
      await run(ledger, invoicesRollup, { period: '2025-12' });
      await run(ledger, invoicesRollup, { period: '2025-10' });
      expect(await dueMonths(ledger)).to.deep.equal(['2025-11-01', '2026-01-01']);
      for (const input of await dueOf(invoicesRollup, ledger)) await run(ledger, invoicesRollup, input);
      expect(await dueMonths(ledger), 'also where there was nothing to invoice').to.deep.equal([]);
      expect(await marks(ledger, '2026-01-01')).to.deep.equal([
        ['MonthRolledUp', { period: '2026-01-01', invoices: 0 }],
      ]);
    } finally {
      await ledger.close();
    }
  });
});

describe('a scheduled rollup', () => {
  let ledger: TestLedger;
  before(async () => {
    ledger = await seededLedger({ now: '2026-04-17T10:00:00.000Z' });
    await subscribed(ledger, 'acme', 'site', { starts_on: '2026-04-17' });
    await subscribed(ledger, 'globex', 'shop', { starts_on: '2026-04-20' });
    // What else blocks a close is there.
    await setSeller(ledger);
    for (const tenant of ['acme', 'globex']) await setCustomer(ledger, tenant);
    ledger.clock.set('2026-05-01T03:00:00.000Z');
  });
  after(() => ledger.close());

  it('is held back until each day since the ledger began is metered', async () => {
    expect(await heldBack(ledger, '2026-04-01')).to.equal('2026-04-17 is not metered yet');
    await meterDays(ledger, ['2026-04-17', ...daysFrom('2026-04-19', '2026-04-29')]);
    expect(await heldBack(ledger, '2026-04-01')).to.equal('2026-04-18 is not metered yet');
    await meterDays(ledger, ['2026-04-18']);
    expect(await heldBack(ledger, '2026-04-01')).to.equal('2026-04-30 is not metered yet');
    await meterDays(ledger, ['2026-04-30']);
    expect(await heldBack(ledger, '2026-04-01')).to.equal(null);
    expect(await heldBack(ledger, '2026-03-01'), 'a month before the ledger began').to.equal(null);
  });

  it('is still due when one tenant after the other was invoiced by hand', async () => {
    for (const tenant_id of ['acme', 'globex'])
      expect((await rollup(ledger, { tenant_id })).invoices).to.have.length(1);
    expect(await marks(ledger)).to.deep.equal([]);
    expect(await dueMonths(ledger)).to.deep.equal(['2026-04-01']);
  });

  // A ledger whose months were rolled up before there were marks is in the same state as this one.
  it('skips the invoices that are there, and records the month', async () => {
    const invoices = async () =>
      Promise.all((await ok(ledger.api.get('invoices'))).data.map((one: Json) => invoiceOf(ledger, one.id)));
    const before = await invoices();
    const events = await ledger.eventCount();
    const [input = {}] = await dueOf(invoicesRollup, ledger);
    const result = await run(ledger, invoicesRollup, input);
    expect(result.invoices.map((one: Json) => [one.tenant_id, one.status, one.reason])).to.have.deep.members([
      ['acme', 'skipped', 'already-issued'],
      ['globex', 'skipped', 'already-issued'],
    ]);
    expect(await marks(ledger)).to.deep.equal([['MonthRolledUp', { period: '2026-04-01', invoices: 2 }]]);
    expect(await ledger.eventCount()).to.equal(events + 1);
    await ledger.settled();
    expect(await invoices()).to.deep.equal(before);
    expect(await dueMonths(ledger)).to.deep.equal([]);
  });

  it('adds nothing when it runs again, forced, by hand, or several times at once', async () => {
    const events = await ledger.eventCount();
    await Promise.all([
      run(ledger, invoicesRollup, { period: '2026-04' }),
      run(ledger, invoicesRollup, { period: '2026-04' }),
      rollup(ledger),
      rollup(ledger, { force: true }),
    ]);
    expect(await ledger.eventCount()).to.equal(events);
  });

  it('records the month anew where there are more invoices by now', async () => {
    await subscribed(ledger, 'latecomer', 'late', { starts_on: '2026-04-30' });
    await run(ledger, invoicesRollup, { period: '2026-04' });
    expect(await marks(ledger)).to.deep.equal(
      [2, 3].map((invoices) => ['MonthRolledUp', { period: '2026-04-01', invoices }]),
    );
  });
});

describe("a month that can't be computed for one tenant", () => {
  let ledger: TestLedger;
  before(async () => {
    ledger = await seededLedger({ now: '2026-04-01T00:00:00.000Z' });
  });
  after(() => ledger.close());

  it('is rolled up, names that tenant, and is computed again until it is invoiced too', async () => {
    await ok(ledger.api.post('catalog/plans', { code: 'dear', name: 'Dear' }), 201);
    const item = {
      resource_kind: 'droplet_hours',
      included_qty: '0',
      overage_unit: 'hour',
      overage_price_cents: 9_007_199_254_740_991,
    };
    await ok(ledger.api.post('catalog/plans/dear/versions', { base_price_cents: 0, items: [item] }), 201);
    await ok(ledger.api.post('catalog/plans/dear/versions/1/publish'));
    const site = await subscribed(ledger, 'dear', 'dear', { plan_code: 'dear' });
    await subscribed(ledger, 'acme', 'site');
    await meter(ledger, 'dear', site, '2026-04-05', [{ resource_kind: 'droplet_hours', qty: '24' }]);
    ledger.clock.set('2026-05-01T03:00:00.000Z');
    const statuses = async () =>
      (await run(ledger, invoicesRollup, { period: '2026-04' })).invoices.map((one: Json) => [
        one.tenant_id,
        one.status,
      ]);
    expect(await statuses()).to.have.deep.members([
      ['acme', 'issued'],
      ['dear', 'refused'],
    ]);
    expect(await marks(ledger)).to.deep.equal([['MonthRolledUp', { period: '2026-04-01', invoices: 1 }]]);
    expect(await dueMonths(ledger)).to.deep.equal(['2026-04-01']);
    const events = await ledger.eventCount();
    const again = await run(ledger, invoicesRollup, { period: '2026-04' });
    expect(again.not_billable.map((one: Json) => one.tenant_id)).to.deep.equal(['dear']);
    expect(again.invoices.map((one: Json) => [one.tenant_id, one.status])).to.deep.equal([
      ['acme', 'skipped'],
      ['dear', 'refused'],
    ]);
    expect(await ledger.eventCount()).to.equal(events);
    await meter(ledger, 'dear', site, '2026-04-05', [], 2);
    expect(await statuses()).to.have.deep.members([
      ['acme', 'skipped'],
      ['dear', 'issued'],
    ]);
    expect(await dueMonths(ledger)).to.deep.equal([]);
    expect(await marks(ledger)).to.deep.equal(
      [1, 2].map((invoices) => ['MonthRolledUp', { period: '2026-04-01', invoices }]),
    );
  });
});

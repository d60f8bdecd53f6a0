import { expect } from 'chai';
import { projections } from '../../projections/index.ts';
import { deliveries, deliveryAttempts } from '../../projections/deliveries/tables.ts';
import type { RecordedLedgerEvent } from '../../src/events/index.ts';
import { completeChain } from '../../src/journal/chain/journal-chain.ts';
import { addDays, addMonths, daysFrom } from '../../src/pricing/calendar.ts';
import { verifyLedger } from '../../src/processes/verify-ledger.ts';
import { silentLogger } from '../../src/runtime/logger.ts';
import { ok, type Json } from '../support/http/api.ts';
import { expectNumbered } from '../support/processes/issued-numbers.ts';
import { expectCorrected } from '../support/property/expect-corrected.ts';
import { randomFrom } from '../support/runtime/random-from.ts';
import { readAll, repeatedEvents, unexplainedSteps } from '../support/year/journal-checks.ts';
import { LifecycleModel } from '../support/year/lifecycle-model.ts';
import { lostCents } from '../support/year/money-checks.ts';
import { forcedMonth } from '../support/year/operator.ts';
import { oneOf } from '../support/year/random-below.ts';
import { SimulatedYear, yearBegins } from '../support/year/simulated-year.ts';
import { stateOn } from '../support/year/state-checks.ts';

/** `CAMPAIGN_SEED` asks for another year, `CAMPAIGN_KILLS` for more kills, `CAMPAIGN_MONTHS` for a part. */
const seed = Number(process.env['CAMPAIGN_SEED'] ?? 20_270_701);
const kills = Number(process.env['CAMPAIGN_KILLS'] ?? 25);
const months = Number(process.env['CAMPAIGN_MONTHS'] ?? 12);

describe(`a simulated year, killed ${kills} times (CAMPAIGN_SEED=${seed})`, function () {
  this.timeout(900_000);
  let year: SimulatedYear;
  let events: RecordedLedgerEvent[];
  const random = randomFrom(seed);
  const periods = Array.from({ length: months }, (_, index) => addMonths(yearBegins, index));
  const eventsOf = <Type extends RecordedLedgerEvent['type']>(type: Type) =>
    events.filter((event): event is Extract<RecordedLedgerEvent, { type: Type }> => event.type === type);

  before(async () => {
    year = await SimulatedYear.open(seed, months);
    await year.play(kills);
    events = await readAll(year.ledger);
  });
  after(() => year.close());

  it('has closed every month, in order, and by force only where the operator did so', () => {
    const closed = eventsOf('MonthClosed').map(({ data }) => data);
    // Reports for the month before the year are billed too.
    expect(closed.map(({ period }) => period).filter((period) => period >= yearBegins)).to.deep.equal(
      periods,
    );
    for (const { period, forced, reason, blocked_by } of closed)
      expect({ forced, reason, blocked_by }, period).to.deep.equal(
        period === forcedMonth
          ? { forced: true, reason: 'the provider is late', blocked_by: ['provider_invoice'] }
          : { forced: false, reason: null, blocked_by: [] },
      );
    const held = year.nights.flatMap((night) => night.held);
    const blockers = (period: string) =>
      new Set(held.filter((one) => one.period === period).flatMap(({ blocked_by }) => blocked_by));
    expect(blockers('2027-07-01')).to.include('profiles');
    expect(year.shown, 'shown by GET jobs').to.include('profiles');
    for (const period of ['2027-10-01', forcedMonth, '2028-03-01'].filter((one) => periods.includes(one)))
      expect(blockers(period), period).to.include('provider_invoice');
  });

  it('has invoices that are, with their notes, what a fresh computation bills', async () => {
    for (const period of periods) {
      const { corrected } = await expectCorrected(year.ledger, period, null);
      expect(corrected.size, period).to.be.greaterThan(10);
    }
  });

  it('can explain every line of some invoices', async () => {
    for (let n = 0; n < 8; n += 1) {
      const { invoice_id } = oneOf(random, eventsOf('InvoiceIssued')).data;
      const { data } = await ok(year.ledger.api.get(`invoices/${invoice_id}/explain`));
      for (const line of data.lines as Json[])
        expect(line.recomputed_cents, `${invoice_id}: ${line.description}`).to.equal(line.amount_cents);
    }
  });

  it('has every automatic transition that was due, on its day, and no other', () => {
    const model = new LifecycleModel();
    for (const event of events) model.take(event);
    const { faults, days, counts } = model.comparison;
    expect(faults).to.deep.equal([]);
    expect(days).to.deep.equal(daysFrom(days[0] ?? '', days.at(-1) ?? ''));
    if (months < 12) return;
    for (const [step, least] of [
      ['trial-end → active', 1],
      ['trial-end → suspended', 2],
      ['dunning → past_due', 20],
      ['dunning → suspended', 10],
      ['recovery → active', 15],
    ] as const)
      expect(counts[step] ?? 0, step).to.be.at.least(least);
  });

  it('has a reason and a cause for every step', () => {
    expect(unexplainedSteps(events)).to.deep.equal([]);
  });

  it('has left alone what billing actions are suspended for', () => {
    const shielded = new Set(year.world.sites.filter(({ person }) => person.shielded).map(({ id }) => id));
    const moved = eventsOf('DeploymentTransitioned').filter(
      ({ data }) => data.rule !== undefined && shielded.has(data.deployment_id),
    );
    expect(moved).to.deep.equal([]);
    expect(shielded.size).to.be.greaterThan(0);
  });

  it('has not moved again for the same debt what the operator had moved', () => {
    const due = new Map<string, string>();
    for (const { id, data } of [...eventsOf('InvoiceIssued'), ...eventsOf('CorrectionIssued')])
      if (data.due_on !== undefined) due.set(id, data.due_on);
    const decided = new Map<string, string>();
    let lifted = 0;
    for (const { data, metadata } of eventsOf('DeploymentTransitioned')) {
      const { deployment_id: id, rule, from } = data;
      const before = decided.get(id);
      if (rule === undefined && metadata.actor.roles.includes('platform_admin')) {
        decided.set(id, metadata.recorded_at.slice(0, 10));
        if (from === 'past_due') lifted += 1;
      }
      if (rule !== 'dunning' || before === undefined) continue;
      expect(addDays(due.get(metadata.causation_id) ?? '', 14) > before, `${id} ${data.reason}`).to.equal(
        true,
      );
    }
    if (months === 12) expect(lifted).to.be.greaterThan(0);
  });

  it('has nothing twice', () => {
    expect(repeatedEvents(events)).to.deep.equal([]);
  });

  it('has numbers without gap, and every cent of every customer', async () => {
    for (const issued of [2027, 2028]) await expectNumbered(year.ledger, issued);
    expect(lostCents(events)).to.deep.equal([]);
  });

  it('has mailed each issue under one Message-ID, a second time only where it was in doubt', async () => {
    const rows = await year.ledger.ledger.readLatest(
      (db) => db<{ message_id: string; accepted: number; unknown: number }[]>`
        select d.message_id, d.accepted, (select count(*)::int from ${db(deliveryAttempts.ref)} a
          where a.delivery_id = d.id and a.outcome = 'unknown') as unknown
        from ${db(deliveries.ref)} d`,
    );
    const arrived = new Map<string, number>();
    for (const { messageId } of year.mail.received) arrived.set(messageId, (arrived.get(messageId) ?? 0) + 1);
    for (const { message_id, accepted, unknown } of rows)
      expect(arrived.get(message_id) ?? 0, message_id).to.be.within(accepted, accepted + unknown);
    expect(rows.length).to.be.greaterThan(10 * months);
  });

  it('shows each deployment as it was on any day', async () => {
    for (let n = 0; n < 30; n += 1) {
      const { data, metadata } = oneOf(random, eventsOf('DeploymentTransitioned'));
      const { deployment_id: id } = data;
      const day = oneOf(random, [data.effective_on, metadata.recorded_at.slice(0, 10)]);
      const shown = await year.world.read(`deployments/${id}?as_of=${day}T23:59:59.999Z`);
      expect(shown.state, `${id} on ${day}`).to.equal(stateOn(events, id, day));
    }
  });

  it('is proved by verify: chain, read models rebuilt, invoices, numbers and documents', async () => {
    await completeChain(year.ledger.sql);
    const {
      ok: isProved,
      chain,
      invoices,
      numbers,
      documents,
    } = await verifyLedger({
      ledger: year.ledger.ledger,
      projections,
      logger: silentLogger,
      openPool: year.ledger.openPool,
    });
    expect({
      isProved,
      ...{ chain: chain.fault, invoices: invoices.differences, numbers: numbers.faults },
      documents: documents.faults,
    }).to.deep.equal({ isProved: true, chain: null, invoices: [], numbers: [], documents: [] });
  });

  it('was a year in which much happened', () => {
    const { sent } = year.world;
    const accepted = sent.filter(({ status }) => status < 300).length;
    expect(accepted / sent.length, 'accepted').to.be.greaterThan(0.75);
    expect(year.shift.killedAfter.length, 'killed in the middle').to.be.at.least(kills / 3);
    if (months === 12) expect(eventsOf('CorrectionIssued').length, 'corrections').to.be.at.least(20);
  });
});

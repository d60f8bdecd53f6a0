import { expect } from 'chai';
import fc from 'fast-check';
import { verifyInvoices } from '../../src/invoicing/verify-invoices.ts';
import { addMonths, monthOf } from '../../src/pricing/calendar.ts';
import { canonicalDecimal, roundToCents, sumDecimals, totalOf } from '../../src/pricing/money.ts';
import { invoiceOf, seededLedger } from '../support/http/invoices-month.ts';
import { ok } from '../support/http/api.ts';
import type { Json } from '../support/http/api.ts';
import type { TestLedger } from '../support/ledger/test-ledger.ts';
import { FactPlayer, kindOfUse, schedule, step } from '../support/property/fact-player.ts';
import { runs } from '../support/property/runs.ts';
import type { Fact } from '../support/property/fact-player.ts';

const sum = (amounts: readonly string[]): string => canonicalDecimal(sumDecimals(amounts));

const positionOf = (invoice: Json): number => invoice.history.at(-1).inputs_position;

/** Expects an issue to contain each fact that was recorded by its position exactly once. */
function expectComplete(invoice: Json, facts: readonly Fact[], deployments: readonly string[]): void {
  const at = positionOf(invoice);
  const known = facts.filter(({ position, takenBack }) => position <= at && (takenBack ?? Infinity) > at);
  for (const id of deployments) {
    const amounts = (kind: Fact['kind']): string[] =>
      known.filter((fact) => fact.deployment === id && fact.kind === kind).map(({ amount }) => amount);
    const llm = invoice.lines.filter((line: Json) => line.deployment_id === id && line.kind === 'llm_usage');
    expect(totalOf(llm), 'charges').to.equal(roundToCents(sumDecimals(amounts('charge'))));
    const oneOff = invoice.lines.filter((line: Json) => line.deployment_id === id && line.kind === 'charge');
    expect(String(totalOf(oneOff)), 'one-off charges').to.equal(sum(amounts('one-off')));
    for (const kind of ['report', 'meter'] as const) {
      const named = [...invoice.unpriced, ...invoice.unbilled].filter(
        (one: Json) => one.deployment_id === id && one.resource_kind === kindOfUse[kind],
      );
      const qty = sum(named.map((one: Json) => one.qty));
      expect(qty, `${kind} of ${invoice.period_start}`).to.equal(sum(amounts(kind)));
    }
  }
}

/** Whether an invoice lists a late fact. If a day was metered twice, it lists the later set. */
function isListed(late: readonly Json[], { kind, id, deployment, day, position }: Fact): boolean {
  return late.some(
    (one) =>
      one.deployment_id === deployment &&
      one.day === day &&
      {
        charge: one.kind === 'llm_usage' && one.detail.gateway_request_id === id,
        'one-off': one.kind === 'charge' && one.detail.charge_id === id,
        report: one.kind === 'reported_usage' && one.detail.external_id === id,
        meter: one.kind === 'usage' && one.position >= position,
        subscribe: one.kind === 'subscription',
      }[kind],
  );
}

function isListedAsTakenBack(late: readonly Json[], { kind, id }: Fact): boolean {
  return late.some(({ kind: of, detail }) => {
    if (kind === 'one-off') return of === 'charge_voided' && detail.charge_id === id;
    return kind === 'charge'
      ? of === 'llm_usage_voided' && detail.gateway_request_id === id
      : of === 'reported_usage_voided' && detail.external_id === id;
  });
}

/** Expects facts of a month without an invoice in the leakage: awaiting a rollup, or as unbilled usage. */
function expectOpen(facts: readonly Fact[], leaks: readonly Json[], scheduled: boolean): void {
  const standing = facts.filter(({ takenBack }) => takenBack === null);
  const isBillable = standing.some(({ kind }) => kind === 'charge' || kind === 'one-off');
  const awaits = leaks.some(({ reason }) => reason === 'awaiting-rollup');
  if (scheduled) expect(isBillable, 'billed by the scheduled rollup').to.equal(false);
  else if (isBillable) expect(awaits, 'awaits the next rollup').to.equal(true);
  for (const { deployment, kind } of standing) {
    if (kind !== 'report' && kind !== 'meter') continue;
    const isNamed = leaks.some(
      (item) => item.deployment_id === deployment && item.resource_kind === kindOfUse[kind],
    );
    expect(isNamed || awaits, `${kind} without an invoice`).to.equal(true);
  }
}

/** Expects later facts to be listed on the invoice, and in the leakage too where it is void. */
function expectLateListed(invoice: Json, facts: readonly Fact[], leaks: readonly Json[]): void {
  const at = positionOf(invoice);
  for (const fact of facts) {
    const isCurrent = fact.kind !== 'meter' || fact.takenBack === null;
    const said = JSON.stringify(fact);
    if (fact.position > at && isCurrent) expect(isListed(invoice.late, fact), said).to.equal(true);
    if ((fact.takenBack ?? 0) > at && fact.kind !== 'meter') {
      expect(isListedAsTakenBack(invoice.late, fact), `taken back: ${said}`).to.equal(true);
    }
    if (fact.position > at && invoice.status === 'void') {
      expect(
        leaks.map(({ reason }) => reason),
        said,
      ).to.include('late-on-void-invoice');
    }
  }
}

describe('facts under random commands, on a real ledger', () => {
  let ledger: TestLedger;
  let run = 0;
  before(async () => {
    ledger = await seededLedger({ now: '2026-03-01T09:00:00.000Z' });
  });
  after(() => ledger.close());

  /** Checks every month of a player's tenants, from the first fact to the month that has just ended. */
  async function expectAccounted(player: FactPlayer, scheduled: boolean): Promise<void> {
    const invoices = await player.invoices();
    const { data: listed } = await ok(ledger.api.get('invoices?late=true&limit=500'));
    const withLate = listed.map(({ id }: Json) => id);
    const now = monthOf(ledger.clock.now().slice(0, 10));
    const first = player.facts.map(({ day }) => day).reduce((a, b) => (a < b ? a : b), now);
    for (let period = monthOf(first); period < now; period = addMonths(period, 1)) {
      const { items } = (await ok(ledger.api.get(`dashboard/leakage?period=${period}`))).data;
      for (const tenant of player.tenants) {
        const leaks = items.filter((item: Json) => item.tenant_id === tenant);
        const facts = player.facts.filter((fact) => fact.tenant === tenant && monthOf(fact.day) === period);
        const row = invoices.find((one) => one.tenant_id === tenant && one.period_start === period);
        if (row === undefined) {
          expectOpen(facts, leaks, scheduled);
          continue;
        }
        const invoice = await invoiceOf(ledger, row.id);
        expect(totalOf(invoice.lines), 'lines add up').to.equal(invoice.total_cents);
        expect(invoice.late.length > 0, 'found by its late facts').to.equal(withLate.includes(row.id));
        const own = player.deployments.filter((one) => one.tenant === tenant).map(({ id }) => id);
        expectComplete(invoice, facts, own);
        expectLateListed(invoice, facts, leaks);
      }
    }
  }

  it('are billed, or listed as late or as leakage, or billed by the next scheduled rollup', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 8, maxLength: 24 }), async (steps) => {
        const player = new FactPlayer(ledger, `t${(run += 1)}`);
        await player.open();
        for (const one of steps) await player.play(one);
        // The month of the last step ends.
        ledger.clock.set(`${addMonths(monthOf(ledger.clock.now().slice(0, 10)), 1)}T03:00:00.000Z`);
        await ledger.settled();
        await expectAccounted(player, false);
        await schedule(ledger);
        await expectAccounted(player, true);
        const events = await ledger.eventCount();
        expect(await schedule(ledger), 'nothing is due twice').to.deep.equal([]);
        await player.again();
        await ledger.settled();
        expect(await ledger.eventCount(), 'events after all of it once more').to.equal(events);
      }),
      { numRuns: runs(6), endOnFailure: true },
    );
  });

  it('leave issues that can be derived again from the journal at their positions', async () => {
    const { issues, differences } = await ledger.ledger.readLatest((db) => verifyInvoices(db, 'AUD'));
    expect(differences).to.deep.equal([]);
    expect(issues).to.be.greaterThan(2);
  });
});

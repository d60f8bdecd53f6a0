import { expect } from 'chai';
import fc from 'fast-check';
import { addDays } from '../../src/pricing/calendar.ts';
import { mapBounded } from '../../src/runtime/map-bounded.ts';
import { correctInvoices, type CorrectedInvoices } from '../../src/processes/correct-invoices.ts';
import { rollUp } from '../../src/processes/roll-up.ts';
import { silentLogger } from '../../src/runtime/logger.ts';
import {
  CorrectionPlayer,
  type CorrectionHistory,
  type LateAct,
} from '../support/property/correction-player.ts';
import { expectCorrected, type CorrectedMonth } from '../support/property/expect-corrected.ts';
import { seededLedger } from '../support/http/invoices-month.ts';
import type { TestLedger } from '../support/ledger/test-ledger.ts';
import { expectRowsOfJournal } from './rows.ts';

const period = '2026-04-01';
const histories = 300;
const rounds = 2;
const atOnce = 32;

const kind = fc.constantFrom(
  'droplet_hours',
  'spaces_gb_month',
  'bandwidth_gb',
  'dns_zones',
  'llm_tokens',
  'backup_gb_month',
);
const qty = fc.tuple(fc.nat(4000), fc.nat(999)).map(([whole, part]) => `${whole}.${part}`);
const day = fc.nat(29).map((after) => addDays(period, after));
const rate = fc.constantFrom('0', '0.05', '0.1', '0.125', '0.2');

/** Discounts may exceed the month. */
const oneOff = fc.integer({ min: -9000, max: 9000 }).filter((cents) => cents !== 0);

const act: fc.Arbitrary<LateAct> = fc.oneof(
  fc.record({ type: fc.constant('meter' as const), day, resource_kind: kind, qty }),
  fc.record({ type: fc.constant('llm' as const), day, cents: qty }),
  fc.record({ type: fc.constant('charge' as const), day, cents: oneOff }),
  fc.record({ type: fc.constant('report' as const), day, qty }),
  fc.record({ type: fc.constant('void' as const), which: fc.nat(20) }),
  fc.record({ type: fc.constant('tax' as const), rate, day }),
);

const history: fc.Arbitrary<CorrectionHistory> = fc.record({
  plan_code: fc.constantFrom('starter', 'studio', 'pro'),
  addons: fc.array(fc.constantFrom('storage_50gb', 'storage_250gb', 'llm_1m_tokens'), { maxLength: 2 }),
  starts_on: fc.oneof(fc.constant(period), day),
  before: fc.array(act, { maxLength: 3 }),
  /** The round after which the invoice is paid; beyond the last: never. */
  paidAfter: fc.nat(rounds + 1),
  rounds: fc.array(
    fc.record({
      acts: fc.array(act, { maxLength: 3 }),
      by: fc.oneof(
        { weight: 6, arbitrary: fc.constant('job' as const) },
        fc.constantFrom('hand' as const, 'both' as const),
      ),
      /** Goodwill, in thousandths of what is left of the invoice. */
      goodwill: fc.oneof({ weight: 2, arbitrary: fc.constant(null) }, fc.integer({ min: 1, max: 1000 })),
    }),
    { minLength: rounds, maxLength: rounds },
  ),
});

/** What changes for all tenants in a round. */
const world = fc.array(
  fc.record({
    price: fc.option(fc.record({ resource_kind: kind, price_cents: fc.nat(9) }), { freq: 2 }),
    tax: fc.option(rate, { freq: 2 }),
  }),
  { minLength: rounds, maxLength: rounds },
);

describe('invoices and their corrections', () => {
  let ledger: TestLedger;
  before(async () => {
    ledger = await seededLedger();
  });
  after(() => ledger.close());

  it('come to a fresh rollup, over random histories before and after payment', async () => {
    await fc.assert(
      // The seed stands for all histories, so that a failure prints it instead of them.
      fc.asyncProperty(fc.integer(), world, async (seed, rounded) => {
        const all = fc.sample(history, { seed, numRuns: histories });
        const opened = all.map((one, index) => new CorrectionPlayer(ledger, `tenant-${index}`, one));
        await mapBounded(opened, (player) => player.open(), atOnce);
        const tax = { name: 'GST', rate: '0.10' };
        const deps = { ...ledger.processDeps, tax, logger: silentLogger };
        const { invoices } = await rollUp(deps, { period }, () => ledger.meta());
        // A month that its discounts leave below zero has no invoice yet.
        const invoiced = new Set(invoices.map(({ status, tenant_id }) => status === 'issued' && tenant_id));
        const players = opened.filter(({ tenant }) => invoiced.has(tenant));
        let month: CorrectedMonth | null = null;
        for (const [round, { price, tax: rated }] of rounded.entries()) {
          await changeForAll(price, rated);
          await mapBounded(players, (player) => player.play(round), atOnce);
          const { not_billable } = await correctAll();
          month = await expectCorrected(ledger, period, month);
          const refused = not_billable.map((one) => one.tenant_id);
          expect(refused.sort(), 'below zero').to.deep.equal(month.notBillable);
          const events = await ledger.eventCount();
          expect(await correctAll(), 'a second run').to.deep.equal({
            corrected: [],
            reviewed: [],
            not_billable,
          });
          const some = players.filter((_player, index) => index % 10 === round);
          await mapBounded(some, (player) => player.correct(), atOnce);
          expect(await ledger.eventCount(), 'corrected twice').to.equal(events);
          await mapBounded(players, (player) => player.settle(round), atOnce);
        }
        expect(month?.notBillable, 'some months fell below zero').to.not.deep.equal([]);
      }),
      // A failure is printed with its seed; to shrink 300 histories would take hours.
      { numRuns: 1, endOnFailure: true },
    );
  });

  it('leave the rows that the journal defines, whether events are delivered once or twice', async () => {
    expect(await expectRowsOfJournal(ledger)).to.be.greaterThan(histories);
  });

  const correctAll = async (): Promise<CorrectedInvoices> =>
    correctInvoices({ ...ledger.processDeps, logger: silentLogger }, () => ledger.meta());

  async function changeForAll(
    price: { resource_kind: string; price_cents: number } | null,
    tax: string | null,
  ): Promise<void> {
    if (price !== null)
      await ledger.api.post('catalog/resource-prices', { ...price, unit: 'gb', effective_from: period });
    if (tax !== null) await ledger.api.post('tax-rates', { name: 'GST', rate: tax, effective_from: period });
    await ledger.settled();
  }
});

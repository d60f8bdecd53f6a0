import { expect } from 'chai';
import fc from 'fast-check';
import { addMonths, monthOf } from '../../src/pricing/calendar.ts';
import { sumCents } from '../../src/pricing/money.ts';
import { invoiceOf, seededLedger } from '../support/http/invoices-month.ts';
import { ok, type Json } from '../support/http/api.ts';
import type { TestLedger } from '../support/ledger/test-ledger.ts';
import { runs } from '../support/property/runs.ts';
import { FactPlayer, step } from '../support/property/fact-player.ts';

/** A change of a deployment's terms, whether it is allowed or not. */
const change = fc.oneof(
  fc.record({
    path: fc.constant('change-plan'),
    body: fc.record({ plan_code: fc.constantFrom('starter', 'pro') }),
  }),
  fc.record({
    path: fc.constant('addons'),
    body: fc.record({
      code: fc.constantFrom('storage_50gb', 'llm_1m_tokens'),
      qty: fc.integer({ min: 1, max: 3 }),
    }),
  }),
  fc.record({
    path: fc.constant('transition'),
    body: fc.record({ to: fc.constantFrom('paused', 'active', 'cancelled'), reason: fc.constant('wanted') }),
  }),
);
const month = fc.array(fc.tuple(step, fc.option(change, { freq: 3 })), { minLength: 8, maxLength: 20 });

/** What an invoice and its preview have in common. */
const shared = [
  'tenant_id',
  'period_start',
  'period_end',
  'currency',
  'subtotal_cents',
  'tax_cents',
  'total_cents',
  'tax_name',
  'tax_rate',
  'unpriced',
  'unbilled',
  'unmetered',
  'lines',
] as const;
const sharedOf = (invoice: Json): Json => Object.fromEntries(shared.map((name) => [name, invoice[name]]));

/** Every page of a month's preview, and the summary, which all pages have to share. */
async function previewOf(ledger: TestLedger, period: string): Promise<{ invoices: Json[]; summary: Json }> {
  const invoices: Json[] = [];
  let next: string | null = null;
  let summary: Json;
  do {
    const cursor: string = next === null ? '' : `&cursor=${next}`;
    const page: Json = await ok(ledger.api.get(`invoices/preview?period=${period}&limit=1${cursor}`));
    if (summary !== undefined) expect(page.summary).to.deep.equal(summary);
    summary = page.summary;
    invoices.push(...page.data);
    next = page.next_cursor;
  } while (next !== null);
  return { invoices, summary };
}

describe('the preview of random months, on a real ledger', () => {
  let ledger: TestLedger;
  let run = 0;
  before(async () => {
    ledger = await seededLedger({ now: '2026-01-20T09:00:00.000Z' });
  });
  after(() => ledger.close());

  it('is what the close issues, line for line and in every field', async () => {
    await fc.assert(
      fc.asyncProperty(month, async (steps) => {
        const player = new FactPlayer(ledger, `run-${(run += 1)}`);
        await player.open();
        for (const [one, changed] of steps) {
          await player.play(one);
          const { id } = player.deployments[one.deployment] ?? { id: '' };
          if (changed !== null) await ledger.api.post(`deployments/${id}/${changed.path}`, changed.body);
        }
        const period = monthOf(ledger.clock.now().slice(0, 10));
        const running = await previewOf(ledger, period);
        expect(running.summary).to.include({ period, is_final: false, standing: 0 });
        ledger.clock.set(`${addMonths(period, 1)}T03:00:00.000Z`);
        const { invoices, summary } = await previewOf(ledger, period);
        expect(summary).to.include({ period, is_final: true, position: await ledger.eventCount() });
        expect(invoices, 'nothing was added since').to.deep.equal(running.invoices);

        const decision = { period, force: true, reason: 'a random month' };
        const { data: issued } = await ok(ledger.api.post('invoices/close', decision));
        expect(issued.not_billable).to.deep.equal(summary.not_billable);
        const fresh = issued.invoices.filter(({ status }: Json) => status === 'issued');
        expect(issued.invoices.filter(({ status }: Json) => status === 'skipped')).to.have.length(
          summary.standing,
        );
        expect(invoices.map(({ invoice_id }) => invoice_id)).to.deep.equal(
          fresh.map(({ invoice_id }: Json) => invoice_id),
        );
        for (const previewed of invoices)
          expect(sharedOf(previewed)).to.deep.equal(sharedOf(await invoiceOf(ledger, previewed.invoice_id)));
        expect(summary).to.include({
          invoices: fresh.length,
          total_cents: sumCents(fresh.map(({ total_cents }: Json) => total_cents)),
        });
        expect(sumCents([summary.subtotal_cents, summary.tax_cents])).to.equal(summary.total_cents);
        const after = await previewOf(ledger, period);
        expect(after.invoices).to.deep.equal([]);
        expect(after.summary).to.include({ invoices: 0, standing: issued.invoices.length, total_cents: 0 });
      }),
      { numRuns: runs(4) },
    );
  });
});

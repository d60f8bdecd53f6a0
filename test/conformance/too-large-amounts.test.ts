import { expect } from 'chai';
import { newEvent } from '../../src/ledger/handle-command.ts';
import { NO_STREAM } from '../../src/journal/event-log.ts';
import { ok, problem } from '../support/http/api.ts';
import type { Json } from '../support/http/api.ts';
import { charge, meterMonth, seededLedger, subscribed } from '../support/http/invoices-month.ts';
import type { TestLedger } from '../support/ledger/test-ledger.ts';

const largest = Number.MAX_SAFE_INTEGER;

describe('amounts that are too large', () => {
  let ledger: TestLedger;
  beforeEach(async () => {
    ledger = await seededLedger({ now: '2026-05-09T15:05:00.000Z', digitalOcean: {} });
  });
  afterEach(() => ledger.close());

  it('come of no exchange rate: the largest that is accepted leaves the margin an answer', async () => {
    await ok(ledger.api.post('billing/invoices/66c69033-e9fe-51ae-af94-4fa3f5205f25/ingest'));
    const rate = { from: 'USD', to: 'AUD', effective_from: '2026-04-01' };
    await problem(ledger.api.post('fx-rates', { ...rate, rate: '999999999999999' }), 422, 'rate');
    await ok(ledger.api.post('fx-rates', { ...rate, rate: '1000000' }), 201);
    const { data } = await ok(ledger.api.get('dashboard/margin?period=2026-04'));
    expect(data.overall.cogs_cents).to.equal(8692 * 1_000_000);
  });

  it('are a conflict where an earlier release took a larger rate, and gone with that', async () => {
    await ok(ledger.api.post('billing/invoices/66c69033-e9fe-51ae-af94-4fa3f5205f25/ingest'));
    const rate = { from: 'USD', to: 'AUD', effective_from: '2026-04-01' };
    const stream = 'fx-USD-AUD';
    const event = { type: 'FxRateSet', data: { ...rate, rate: '999999999999999' } };
    const meta = { ...ledger.meta(), command: 'set-fx-rate' };
    await ledger.log.append(stream, [newEvent(event, stream, 0, meta, ledger.clock.now())], NO_STREAM);
    await ledger.settled();
    await problem(ledger.api.get('dashboard/margin?period=2026-04'), 409);
    await ok(ledger.api.post('fx-rates', { ...rate, rate: '1.5' }), 201);
    await ok(ledger.api.get('dashboard/margin?period=2026-04'));
  });

  it('never fail accrual, margin, what-if and rollup of all tenants, which name those left out', async () => {
    for (const [code, cents] of [
      ['a', largest],
      ['b', largest],
      ['limit', 909_090_909_090],
      ['above', 909_090_909_092],
    ] as const) {
      await ok(ledger.api.post('catalog/plans', { code, name: code }), 201);
      await ok(
        ledger.api.post(`catalog/plans/${code}/versions`, { base_price_cents: cents, items: [] }),
        201,
      );
      await ok(ledger.api.post(`catalog/plans/${code}/versions/1/publish`));
      await subscribed(ledger, code, code, { plan_code: code });
    }
    await subscribed(ledger, 'acme', 'site');
    const site = (
      await ok(ledger.api.post('deployments', { tenant_id: 'gateway', slug: 'g', display_name: 'g' }), 201)
    ).data.id;
    for (let index = 0; index < 10; index++) {
      await charge(
        ledger,
        'gateway',
        site,
        `g-${index}`,
        '999999999999999',
        `2026-0${4 + (index % 2)}-02T10:00:00.000Z`,
      );
    }
    await ledger.settled();
    // 909,090,909,090 and its tax are 999,999,999,999 cents, two more cents with their tax are
    // 1,000,000,000,001.
    const out = ['a', 'above', 'b', 'gateway'];
    const named = (data: Json): string[] => data.not_billable.map(({ tenant_id }: Json) => tenant_id);
    const { data: accrual } = await ok(ledger.api.get('dashboard/accrual'));
    expect(named(accrual)).to.deep.equal(out);
    expect(accrual.total_cents).to.equal(909_090_909_090 + 5000);
    for (const { reason } of accrual.not_billable) expect(reason).to.be.a('string').and.not.equal('');
    for (const period of ['2026-04', '2026-05']) {
      expect(
        named((await ok(ledger.api.get(`dashboard/margin?period=${period}`))).data),
        period,
      ).to.deep.equal(out);
      const { data } = await ok(ledger.api.post('what-if', { period, overrides: {} }), 201);
      expect([named(data), data.before.total_cents]).to.deep.equal([out, 999_999_999_999 + 5500]);
    }
    const { data: rolledUp } = await ok(ledger.api.post('invoices/rollup', { period: '2026-04' }));
    expect(named(rolledUp)).to.deep.equal(out);
    expect(rolledUp.invoices.map((one: Json) => [one.tenant_id, one.status])).to.deep.equal([
      ['a', 'refused'],
      ['above', 'refused'],
      ['acme', 'issued'],
      ['b', 'refused'],
      ['gateway', 'refused'],
      ['limit', 'issued'],
    ]);
    const [mark] = await ledger.ledger.events('rollup-2026-04-01');
    expect((mark?.data as Json).invoices, 'the month is rolled up').to.equal(2);
    const { data: margin } = await ok(ledger.api.get('dashboard/margin?period=2026-04'));
    expect([margin.overall.revenue_cents, named(margin)]).to.deep.equal([909_090_909_090 + 5000, out]);
    const known = await ok(ledger.api.get(`dashboard/margin?period=2026-04&known_at=${ledger.clock.now()}`));
    expect(known.data).to.deep.equal(margin);
    const months = await ok(
      ledger.api.post('what-if', { periods: ['2026-04', '2026-05'], overrides: {} }),
      201,
    );
    expect(months.data.periods.map(named)).to.deep.equal([out, out]);
    await problem(
      ledger.api.post('what-if', { period: '2026-04', overrides: { tax_rate: '0.11' } }),
      422,
      'overrides',
    );
  });

  it('leave a tenant without an invoice, and its neighbours with theirs', async () => {
    await ok(ledger.api.post('catalog/plans', { code: 'dear', name: 'Dear' }), 201);
    const item = {
      resource_kind: 'droplet_hours',
      included_qty: '0',
      overage_unit: 'hour',
      overage_price_cents: largest,
    };
    await ok(ledger.api.post('catalog/plans/dear/versions', { base_price_cents: 0, items: [item] }), 201);
    await ok(ledger.api.post('catalog/plans/dear/versions/1/publish'));
    const site = await subscribed(ledger, 'dear', 'dear', { plan_code: 'dear' });
    await subscribed(ledger, 'acme', 'acme');
    await meterMonth(ledger, 'dear', site, '2026-04-01', [{ resource_kind: 'droplet_hours', qty: '24' }]);
    const { data } = await ok(ledger.api.post('invoices/rollup', { period: '2026-04' }));
    expect(
      data.invoices.map((invoice: { tenant_id: string; status: string; reason: string | null }) => [
        invoice.tenant_id,
        invoice.status,
        invoice.reason,
      ]),
    ).to.have.deep.members([
      ['acme', 'issued', null],
      ['dear', 'refused', 'not-billable'],
    ]);
  });
});

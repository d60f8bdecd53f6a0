import { expect } from 'chai';
import { invoiceId } from '../../commands/invoicing/invoice.ts';
import { ok, problem } from '../support/http/api.ts';
import type { Json } from '../support/http/api.ts';
import type { TestLedger } from '../support/ledger/test-ledger.ts';
import { serviceToken, tenantToken } from '../support/http/tokens.ts';
import {
  amounts,
  charge,
  invoiceOf,
  meter,
  meterMonth,
  rollup,
  seededLedger,
  subscribed,
} from '../support/http/invoices-month.ts';

const acme = { token: tenantToken('acme') };
const globex = { token: tenantToken('globex') };
const id = (tenant: string) => invoiceId(tenant, '2026-04-01');

describe('tenant invoices over HTTP', () => {
  let ledger: TestLedger;
  let site: string;
  before(async () => {
    ledger = await seededLedger();
    site = await subscribed(ledger, 'acme', 'site', { addons: ['storage_50gb'] });
    await subscribed(ledger, 'globex', 'shop', { plan_code: 'starter', starts_on: '2026-04-21' });
    await meterMonth(
      ledger,
      'acme',
      site,
      '2026-04-01',
      [1, 2, 3].map((n) => ({ resource_id: `droplet-${n}`, resource_kind: 'droplet_hours', qty: '24' })),
    );
  });
  after(() => ledger.close());

  it('refuses a month that has not ended, forced or not, and invalid input', async () => {
    const events = await ledger.eventCount();
    for (const force of [false, true]) {
      const { type } = await problem(ledger.api.post('invoices/rollup', { period: '2026-05', force }), 422);
      expect(type).to.equal('urn:arcadia-cloud:problem:period-not-ended');
      await problem(
        ledger.api.post('invoices/rollup', { period: '2026-05', force, tenant_id: 'unknown' }),
        422,
      );
    }
    expect(await ledger.eventCount(), 'not even lines are stored').to.equal(events);
    await problem(ledger.api.post('invoices/rollup', { period: '2026-13' }), 422, 'period');
    await problem(ledger.api.post('invoices/rollup', { period: '2026-04', forced: true }), 422, 'forced');
    await problem(ledger.api.post('invoices/rollup', {}), 422, 'period');
    await problem(ledger.api.post('invoices/rollup', { period: '2026-04' }, acme), 403);
    expect((await ok(ledger.api.get('invoices'))).data).to.deep.equal([]);
  });

  it('golden: studio with storage_50gb and 2160 droplet hours is 6422 + 642 = 7064', async () => {
    const result = await rollup(ledger, { period: '2026-04-17' });
    expect(result).to.deep.equal({
      period: '2026-04-01',
      invoices: [
        { tenant_id: 'acme', invoice_id: id('acme'), status: 'issued', reason: null, total_cents: 7064 },
        { tenant_id: 'globex', invoice_id: id('globex'), status: 'issued', reason: null, total_cents: 734 },
      ],
      not_billable: [],
    });
    const invoice = await invoiceOf(ledger, id('acme'));
    expect(invoice).to.include({
      tenant_id: 'acme',
      period_start: '2026-04-01',
      period_end: '2026-04-30',
      currency: 'AUD',
      issue_no: 1,
      subtotal_cents: 6422,
      tax_cents: 642,
      total_cents: 7064,
      status: 'issued',
      tax_name: 'GST',
      tax_rate: '0.1',
      paid_at: null,
      finance_invoice_id: null,
      pushed_to_finance_at: null,
    });
    expect(amounts(invoice)).to.deep.equal([
      ['plan_base', 5000],
      ['addon', 750],
      ['overage', 672],
      ['tax', 642],
    ]);
    expect(invoice.lines[2]).to.include({
      line_no: 3,
      deployment_id: site,
      resource_kind: 'droplet_hours',
      qty: '672',
      unit: 'hour',
      unit_price_cents: 1,
    });
    expect(invoice.lines[3]).to.include({ deployment_id: null, description: 'GST 10 %' });
    expect(invoice.history).to.deep.equal([
      {
        issue_no: 1,
        number: null,
        issued_at: invoice.issued_at,
        replaced_at: null,
        voided_at: null,
        void_reason: null,
        subtotal_cents: 6422,
        tax_cents: 642,
        total_cents: 7064,
        inputs_position: invoice.inputs_position,
        lines: invoice.lines,
      },
    ]);
    expect([invoice.late, invoice.late_count]).to.deep.equal([[], 0]);
  });

  it('adds no event when run again, by hand, by the job, or ten at once', async () => {
    await ledger.settled();
    const events = await ledger.eventCount();
    const again = await rollup(ledger);
    expect(again.invoices.map((one: Json) => [one.status, one.reason, one.total_cents])).to.deep.equal([
      ['skipped', 'already-issued', 7064],
      ['skipped', 'already-issued', 734],
    ]);
    await Promise.all(Array.from({ length: 10 }, () => rollup(ledger)));
    const run = await ledger.jobs.run(
      'invoices.rollup',
      { period: '2026-04' },
      { actor: ledger.meta().actor },
    );
    expect([run.status, run.result]).to.deep.equal(['completed', again]);
    const forced = await rollup(ledger, { force: true });
    expect(forced.invoices.map((one: Json) => [one.status, one.reason])).to.deep.equal([
      ['skipped', 'unchanged'],
      ['skipped', 'unchanged'],
    ]);
    expect(await ledger.eventCount()).to.equal(events);
  });

  it('lists late facts until a forced reissue bills them, and keeps the replaced issue', async () => {
    await meter(
      ledger,
      'acme',
      site,
      '2026-04-30',
      [{ resource_id: 'droplet-1', resource_kind: 'droplet_hours', qty: '24' }],
      2,
    );
    await charge(ledger, 'acme', site, 'late-1', '12.5', '2026-04-30T23:59:59.000Z');
    await charge(ledger, 'acme', site, 'may-1', '99', '2026-05-01T00:00:00.000Z');
    await ledger.settled();
    const before = await invoiceOf(ledger, id('acme'));
    expect(before.late.map((fact: Json) => [fact.kind, fact.deployment_id, fact.day])).to.deep.equal([
      ['usage', site, '2026-04-30'],
      ['llm_usage', site, '2026-04-30'],
    ]);
    expect((await rollup(ledger, { tenant_id: 'acme' })).invoices[0]).to.include({ status: 'skipped' });

    const { invoices } = await rollup(ledger, { tenant_id: 'acme', force: true });
    // 48 hours less at 1 cent, and 12.5 cents of charges, rounded once.
    expect(invoices).to.deep.equal([
      {
        tenant_id: 'acme',
        invoice_id: id('acme'),
        status: 'reissued',
        reason: null,
        total_cents: 6387 + 639,
      },
    ]);
    const after = await invoiceOf(ledger, id('acme'));
    expect(after).to.include({ issue_no: 2, status: 'issued', subtotal_cents: 6387 });
    expect(after.late).to.deep.equal([]);
    expect(
      after.history.map((issue: Json) => [issue.issue_no, issue.total_cents, issue.replaced_at]),
    ).to.deep.equal([
      [1, 7064, after.issued_at],
      [2, 7026, null],
    ]);
    expect(after.history[0].lines).to.deep.equal(before.lines);
    expect(after.history[1].lines).to.deep.equal(after.lines);
  });

  it('shows an invoice as it was known', async () => {
    const issued = (await invoiceOf(ledger, id('globex'))).issued_at;
    ledger.clock.advance(86_400_000);
    await ok(ledger.api.post(`invoices/${id('globex')}/pay`));
    const then = (await ok(ledger.api.get(`invoices/${id('globex')}?known_at=${issued}`))).data;
    expect(then).to.include({ status: 'issued', paid_at: null, total_cents: 734 });
    expect(then.lines).to.have.length(2);
    await problem(ledger.api.get(`invoices/${id('globex')}?known_at=2026-05-01`), 404);
    await problem(ledger.api.get(`invoices/${id('globex')}?known_at=${issued}`, acme), 404);
    expect(
      (await ok(ledger.api.get(`invoices/${id('globex')}?as_of=${ledger.clock.now()}`))).data,
    ).to.deep.equal(await invoiceOf(ledger, id('globex')));
  });

  it('pays once, and does not void or reissue a paid invoice', async () => {
    const events = await ledger.eventCount();
    const { data } = await ok(ledger.api.post(`invoices/${id('globex')}/pay`));
    expect(data).to.include({ id: id('globex'), status: 'paid', total_cents: 734 });
    const {
      lines: _lines,
      history: _history,
      late: _late,
      late_count: _count,
      corrections: _corrections,
      corrected_total_cents: _corrected,
      goodwill_cents: _goodwill,
      deployments: _deployments,
      seller: _seller,
      buyer: _buyer,
      documents: _documents,
      ...row
    } = await invoiceOf(ledger, id('globex'));
    expect(data).to.deep.equal(row);
    expect((await problem(ledger.api.post(`invoices/${id('globex')}/void`), 409)).type).to.contain(
      'invoice-paid',
    );
    expect(
      (
        await problem(
          ledger.api.post('invoices/rollup', { period: '2026-04', tenant_id: 'globex', force: true }),
          409,
        )
      ).type,
    ).to.contain('invoice-paid');
    const { invoices } = await rollup(ledger, { force: true });
    expect(invoices.map((one: Json) => [one.tenant_id, one.status, one.reason])).to.deep.equal([
      ['acme', 'skipped', 'unchanged'],
      ['globex', 'refused', 'invoice-paid'],
    ]);
    expect(await ledger.eventCount()).to.equal(events);
  });

  it('voids once with a reason; a rollup does not bill a void month again', async () => {
    const { data } = await ok(ledger.api.post(`invoices/${id('acme')}/void`, { reason: 'wrong address' }));
    expect(data).to.include({ status: 'void', void_reason: 'wrong address' });
    const events = await ledger.eventCount();
    await ok(ledger.api.post(`invoices/${id('acme')}/void`, { reason: 'again' }));
    expect((await problem(ledger.api.post(`invoices/${id('acme')}/pay`), 409)).type).to.contain(
      'invoice-void',
    );
    await meter(ledger, 'acme', site, '2026-04-29', [{ resource_kind: 'droplet_hours', qty: '1' }], 2);
    expect((await rollup(ledger, { tenant_id: 'acme' })).invoices[0]).to.include({
      status: 'skipped',
      reason: 'already-issued',
    });
    expect((await rollup(ledger, { force: true })).invoices[0]).to.include({
      tenant_id: 'acme',
      status: 'refused',
      reason: 'invoice-void',
    });
    expect(await ledger.eventCount()).to.equal(events + 1);
    expect((await invoiceOf(ledger, id('acme'))).status).to.equal('void');
  });

  it('lists the invoices that the caller may see, filtered and in pages', async () => {
    const ids = async (query: string, request = {}) =>
      (await ok(ledger.api.get(`invoices${query}`, request))).data.map((one: Json) => one.id);
    expect(await ids('')).to.have.members([id('acme'), id('globex')]);
    expect(await ids('', acme)).to.deep.equal([id('acme')]);
    expect(await ids('?status=paid')).to.deep.equal([id('globex')]);
    expect(await ids('?status=paid', acme)).to.deep.equal([]);
    expect(await ids('?status=draft')).to.deep.equal([]);
    expect(await ids('?period=2026-04-30', globex)).to.deep.equal([id('globex')]);
    expect(await ids('?period=2026-05')).to.deep.equal([]);
    expect(await ids('?tenant_id=globex')).to.deep.equal([id('globex')]);
    expect(await ids('?tenant_id=globex', globex)).to.deep.equal([id('globex')]);
    await problem(ledger.api.get('invoices?tenant_id=globex', acme), 403);
    await problem(ledger.api.get('invoices?status=overdue'), 422, 'status');
    const first = await ok(ledger.api.get('invoices?limit=1'));
    const second = await ok(ledger.api.get(`invoices?limit=1&cursor=${first.next_cursor}`));
    expect([...first.data, ...second.data].map((one: Json) => one.id).sort()).to.deep.equal(
      [id('acme'), id('globex')].sort(),
    );
    expect(second.next_cursor).to.equal(null);
  });

  it("hides what is another tenant's", async () => {
    await problem(ledger.api.get(`invoices/${id('globex')}`, acme), 404);
    await problem(ledger.api.get('invoices/nope'), 404);
    await problem(ledger.api.post('invoices/nope/pay'), 404);
    for (const what of ['pay', 'void'])
      await problem(ledger.api.post(`invoices/${id('acme')}/${what}`, {}, acme), 403);
    await problem(ledger.api.get('invoices', { token: serviceToken() }), 403);
    expect((await invoiceOf(ledger, id('acme'), acme)).tenant_id).to.equal('acme');
  });
});

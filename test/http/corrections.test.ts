import { expect } from 'chai';
import { invoiceId } from '../../commands/invoicing/invoice.ts';
import { loadInvoicingInputs } from '../../src/invoicing/load-invoicing-inputs.ts';
import { billableMonth } from '../../src/pricing/billable.ts';
import { ok, problem, type Json } from '../support/http/api.ts';
import {
  charge,
  invoiceOf,
  meter,
  rollup,
  seededLedger,
  subscribed,
} from '../support/http/invoices-month.ts';
import { tenantToken } from '../support/http/tokens.ts';
import type { TestLedger } from '../support/ledger/test-ledger.ts';

describe('corrections of invoices', () => {
  let ledger: TestLedger;
  let site: string;
  const id = (tenant: string) => invoiceId(tenant, '2026-04-01');
  const correct = async (tenant: string, status = 201): Promise<Json> =>
    ok(ledger.api.post(`invoices/${id(tenant)}/correct`, { reason: 'late usage' }), status);
  const fresh = async (tenant_id: string): Promise<number> =>
    ledger.ledger.readLatest(async (db, atPosition) => {
      const scope = { period: '2026-04-01', atPosition, tenantId: tenant_id, currency: 'AUD' };
      const [inputs] = await loadInvoicingInputs(db, scope);
      return inputs === undefined ? 0 : (billableMonth(inputs)?.total_cents ?? 0);
    });

  before(async () => {
    ledger = await seededLedger();
    site = await subscribed(ledger, 'acme', 'site');
    await subscribed(ledger, 'globex', 'shop');
    await subscribed(ledger, 'calm', 'app');
    await rollup(ledger);
  });
  after(() => ledger.close());

  it('change nothing where a fresh rollup bills the same', async () => {
    const events = await ledger.eventCount();
    expect(await correct('calm', 200)).to.deep.equal({ data: null, status: 'unchanged', taken_back: null });
    expect(await ledger.eventCount()).to.equal(events);
  });

  it('bill what came late, line by line, tax included, as a debit note', async () => {
    await charge(ledger, 'acme', site, 'g-1', '105.4', '2026-04-02T10:00:00.000Z');
    await ledger.settled();
    expect((await invoiceOf(ledger, id('acme'))).late_count).to.equal(1);
    const { data, status } = await correct('acme');
    expect(status).to.equal('corrected');
    expect(data).to.include({
      invoice_id: id('acme'),
      kind: 'debit_note',
      purpose: 'correction',
      correction_no: 1,
      subtotal_cents: 105,
      tax_cents: 11,
      total_cents: 116,
      tax_rate: '0.1',
      reason: 'late usage',
    });
    expect(data.lines.map((line: Json) => [line.kind, line.amount_cents])).to.deep.equal([
      ['llm_usage', 105],
      ['tax', 11],
    ]);
    expect(data.lines[0].meta).to.include({
      billed_cents: 0,
      fresh_cents: 105,
      billed_qty: '0',
      fresh_qty: '105.4',
    });
    const invoice = await invoiceOf(ledger, id('acme'));
    expect(invoice).to.include({
      late_count: 0,
      total_cents: 5500,
      corrected_total_cents: 5616,
      goodwill_cents: 0,
    });
    expect(invoice.corrections).to.deep.equal([data]);
    expect(await fresh('acme')).to.equal(5616);
    expect((await correct('acme', 200)).status).to.equal('unchanged');
  });

  it('give back what is taken back, also of a paid invoice, as a credit note', async () => {
    await ok(ledger.api.post(`invoices/${id('acme')}/pay`));
    await ok(ledger.api.post('integrations/llm-usage/g-1/void', { reason: 'wrong' }));
    const { data } = await correct('acme');
    expect(data).to.include({ kind: 'credit_note', correction_no: 2, total_cents: -116 });
    expect(data.lines[0]).to.include({ description: 'LLM usage', amount_cents: -105 });
    expect((await invoiceOf(ledger, id('acme'))).corrected_total_cents).to.equal(5500);
    const known = await ok(ledger.api.get(`invoices/${id('acme')}?known_at=2026-05-09T15:05:00.000Z`));
    expect(known.data.corrections).to.have.length(2);
  });

  it('are listed, each tenant its own', async () => {
    const acme = { token: tenantToken('acme') };
    const other = { token: tenantToken('globex') };
    const { data } = await ok(ledger.api.get('corrections', acme));
    expect(data.map((note: Json) => note.correction_no)).to.deep.equal([2, 1]);
    expect((await ok(ledger.api.get('corrections', other))).data).to.deep.equal([]);
    expect((await ok(ledger.api.get('corrections?tenant_id=acme', other))).data).to.deep.equal([]);
    expect((await ok(ledger.api.get(`corrections?invoice_id=${id('acme')}&limit=1`))).data).to.deep.equal(
      data.slice(0, 1),
    );
    const { data: one } = await ok(ledger.api.get(`corrections/${data[0].id}`, acme));
    expect(one).to.deep.include(data[0]).and.to.have.property('lines');
    await problem(ledger.api.get(`corrections/${data[0].id}`, other), 404);
    await problem(ledger.api.post(`invoices/${id('none')}/correct`, { reason: 'r' }), 404);
  });

  it('take late facts in once where no amount moves', async () => {
    const {
      data: [{ id: app }],
    } = await ok(ledger.api.get('deployments', { token: tenantToken('calm') }));
    await meter(ledger, 'calm', app, '2026-04-30', [{ resource_kind: 'droplet_hours', qty: '24' }]);
    await ledger.settled();
    expect((await ok(ledger.api.get('invoices?late=true'))).data).to.have.length(1);
    expect(await correct('calm', 200)).to.include({ status: 'reviewed' });
    const events = await ledger.eventCount();
    expect((await ok(ledger.api.get('invoices?late=true'))).data).to.have.length(0);
    expect(await correct('calm', 200)).to.include({ status: 'unchanged' });
    expect(await ledger.eventCount()).to.equal(events);
  });

  it('stand in the way of a reissue and of voiding', async () => {
    await charge(ledger, 'globex', await own('globex'), 'g-2', '200', '2026-04-02T10:00:00.000Z');
    await ledger.settled();
    await correct('globex');
    const refused = await problem(
      ledger.api.post('invoices/rollup', { period: '2026-04', tenant_id: 'globex', force: true }),
      409,
    );
    expect(refused).to.include({ invoice_id: id('globex') });
    expect(refused.type).to.contain('invoice-corrected');
    expect((await problem(ledger.api.post(`invoices/${id('globex')}/void`), 409)).type).to.contain(
      'invoice-corrected',
    );
    const { invoices } = await rollup(ledger, { force: true });
    expect(invoices.find((one: Json) => one.tenant_id === 'globex')).to.include({
      status: 'refused',
      reason: 'invoice-corrected',
    });
  });

  it('repeat the note under the same Idempotency-Key', async () => {
    await charge(ledger, 'globex', await own('globex'), 'g-3', '300', '2026-04-02T10:00:00.000Z');
    const send = () =>
      ok(
        ledger.api.post(
          `invoices/${id('globex')}/correct`,
          { reason: 'late usage' },
          { headers: { 'Idempotency-Key': 'once' } },
        ),
        201,
      );
    const first = await send();
    const events = await ledger.eventCount();
    expect(await send()).to.deep.equal(first);
    // As after a crash between the note and the answer.
    await ledger.sql`delete from idempotency_keys`;
    expect(await send()).to.deep.equal(first);
    expect(await ledger.eventCount()).to.equal(events);
  });

  it('are issued once by any number of requests and jobs at once', async () => {
    await charge(ledger, 'globex', await own('globex'), 'g-4', '400', '2026-04-02T10:00:00.000Z');
    await ledger.settled();
    const before = (await invoiceOf(ledger, id('globex'))).corrections.length;
    const runs = await Promise.all([
      ...Array.from({ length: 6 }, () =>
        ledger.api.post(`invoices/${id('globex')}/correct`, { reason: 'late usage' }),
      ),
      ...Array.from({ length: 2 }, () => ledger.api.post('jobs/invoices.correct/run', {})),
    ]);
    expect(runs.map(({ status }) => status).every((status) => status === 200 || status === 201)).to.equal(
      true,
    );
    expect((await invoiceOf(ledger, id('globex'))).corrections).to.have.length(before + 1);
    expect((await invoiceOf(ledger, id('globex'))).corrected_total_cents).to.equal(await fresh('globex'));
  });

  it('are made by the job, which lists what cannot be billed', async () => {
    const app = await own('calm');
    await charge(ledger, 'calm', app, 'g-5', '500', '2026-04-02T10:00:00.000Z');
    await charge(ledger, 'globex', await own('globex'), 'g-6', '9'.repeat(14), '2026-04-02T10:00:00.000Z');
    await ledger.settled();
    const { data } = await ok(ledger.api.post('jobs/invoices.correct/run', {}));
    expect(data.status).to.equal('completed');
    expect(data.result.corrected).to.have.length(1);
    expect(data.result.corrected[0]).to.include({ tenant_id: 'calm', total_cents: 550 });
    expect(data.result.not_billable).to.have.length(1);
    expect(data.result.not_billable[0]).to.include({ tenant_id: 'globex', invoice_id: id('globex') });
    expect(
      (await problem(ledger.api.post(`invoices/${id('globex')}/correct`, { reason: 'r' }), 409)).type,
    ).to.contain('not-billable');
    await ok(ledger.api.post('integrations/llm-usage/g-6/void', { reason: 'wrong unit' }));
    await ledger.settled();
    const again = await ok(ledger.api.post('jobs/invoices.correct/run', {}));
    expect(again.data.result).to.deep.include({ corrected: [], not_billable: [] });
    expect(again.data.result.reviewed).to.have.length(1);
  });

  it('bear the tax rate of the month, also where it changed', async () => {
    const tenant = 'taxed';
    await subscribed(ledger, tenant, 'site');
    await rollup(ledger, { tenant_id: tenant });
    const rate = {
      name: 'GST',
      rate: '0.15',
      effective_from: '2026-04-30',
      tenant_id: tenant,
      reason: 'law',
    };
    await ok(ledger.api.post('tax-rates', rate), 201);
    await ledger.settled();
    const { data } = await correct(tenant);
    expect(data.lines.map((line: Json) => [line.description, line.amount_cents])).to.deep.equal([
      ['GST 15 %', 750],
      ['GST 10 %', -500],
    ]);
    expect(data).to.include({ subtotal_cents: 0, tax_cents: 250, tax_rate: '0.15' });
    await ok(ledger.api.post('tax-rates', { ...rate, rate: '0.1' }), 201);
    await ledger.settled();
    expect((await invoiceOf(ledger, id(tenant))).late_count).to.equal(1);
    expect((await correct(tenant)).data).to.include({ total_cents: -250 });
    await ok(ledger.api.post('tax-rates', { ...rate, rate: '0' }), 201);
    expect((await correct(tenant)).data).to.include({ total_cents: -500 });
    expect(await fresh(tenant)).to.equal(5000);
  });

  async function own(tenant: string): Promise<string> {
    const { data } = await ok(ledger.api.get('deployments', { token: tenantToken(tenant) }));
    return data[0].id;
  }
});

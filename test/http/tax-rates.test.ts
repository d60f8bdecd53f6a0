import { expect } from 'chai';
import { invoiceId } from '../../commands/invoicing/invoice.ts';
import { ok, problem } from '../support/http/api.ts';
import type { Json } from '../support/http/api.ts';
import type { TestLedger } from '../support/ledger/test-ledger.ts';
import { tenantToken } from '../support/http/tokens.ts';
import { invoiceOf, meter, rollup, seededLedger, subscribed } from '../support/http/invoices-month.ts';

const april = '2026-04-01';

describe('tax rates over HTTP', () => {
  let ledger: TestLedger;
  const set = (body: Json) =>
    ok(ledger.api.post('tax-rates', { name: 'GST', effective_from: april, ...body }), 201);
  const invoice = (tenant: string, period = april): Promise<Json> =>
    invoiceOf(ledger, invoiceId(tenant, period));
  const taxOf = async (tenant: string, period = april) => {
    const { tax_name, tax_rate, tax_cents, lines } = await invoice(tenant, period);
    return {
      tax_name,
      tax_rate,
      tax_cents,
      tax_lines: lines.filter(({ kind }: Json) => kind === 'tax').length,
    };
  };
  beforeEach(async () => {
    ledger = await seededLedger({ now: '2026-06-09T10:00:00.000Z' });
    await subscribed(ledger, 'acme', 'site');
    await subscribed(ledger, 'embassy', 'site');
  });
  afterEach(() => ledger.close());

  it("are shown in the order of tenants and days, and are the admin's", async () => {
    await set({ tenant_id: 'embassy', rate: '0', reason: 'diplomatic' });
    await set({ rate: '0.10', effective_from: '2000-01-01' });
    const { data } = await ok(ledger.api.get('tax-rates'));
    expect(data.map(({ recorded_at: _at, ...rate }: Json) => rate)).to.deep.equal([
      { name: 'GST', rate: '0.1', effective_from: '2000-01-01', tenant_id: null, reason: null },
      { name: 'GST', rate: '0', effective_from: april, tenant_id: 'embassy', reason: 'diplomatic' },
    ]);
    const { next_cursor } = await ok(ledger.api.get('tax-rates?limit=1'));
    expect((await ok(ledger.api.get(`tax-rates?limit=1&cursor=${next_cursor}`))).data[0].tenant_id).to.equal(
      'embassy',
    );
    await problem(ledger.api.get('tax-rates', { token: tenantToken('acme') }), 403);
    await problem(ledger.api.post('tax-rates', {}, { token: tenantToken('acme') }), 403);
  });

  it('are refused with the field at fault', async () => {
    const tried = (body: Json) =>
      ledger.api.post('tax-rates', { name: 'GST', rate: '0.1', effective_from: april, ...body });
    await problem(tried({ rate: '1.1' }), 422, 'rate');
    await problem(tried({ rate: '-0.1' }), 422, 'rate');
    await problem(tried({ name: '' }), 422, 'name');
    await problem(tried({ tenant_id: 'embassy', rate: '0' }), 422, 'reason');
    await problem(tried({ effective_from: undefined }), 422, 'effective_from');
  });

  it("apply as on the month's last day, a tenant's own first; without a line where exempt", async () => {
    await set({ rate: '0.10', effective_from: '2000-01-01' });
    await set({ rate: '0.11', effective_from: '2026-04-30' });
    await set({ name: 'VAT', rate: '0.2', effective_from: '2026-05-31' });
    await set({ tenant_id: 'embassy', rate: '0', reason: 'diplomatic', effective_from: '2026-04-15' });
    await rollup(ledger);
    await rollup(ledger, { period: '2026-05' });
    expect(await taxOf('acme')).to.deep.equal({
      tax_name: 'GST',
      tax_rate: '0.11',
      tax_cents: 550,
      tax_lines: 1,
    });
    expect(await taxOf('acme', '2026-05-01')).to.deep.equal({
      tax_name: 'VAT',
      tax_rate: '0.2',
      tax_cents: 1000,
      tax_lines: 1,
    });
    expect(await taxOf('embassy')).to.deep.equal({
      tax_name: 'GST',
      tax_rate: '0',
      tax_cents: 0,
      tax_lines: 0,
    });
    const explained = await ok(ledger.api.get(`invoices/${invoiceId('embassy', april)}/explain`));
    expect(explained.data.matches).to.equal(true);
  });

  it('change no month before their day: a forced rollup and a what-if give the same result', async () => {
    await rollup(ledger);
    const before = await invoice('acme');
    await set({ rate: '0.25', effective_from: '2026-05-01' });
    const { invoices } = await rollup(ledger, { force: true });
    expect(invoices.map(({ status, reason }: Json) => [status, reason])).to.deep.equal([
      ['skipped', 'unchanged'],
      ['skipped', 'unchanged'],
    ]);
    expect(await invoice('acme')).to.deep.equal(before);
    const whatIf = async (period: string) =>
      (await ok(ledger.api.post('what-if', { period, overrides: {} }), 201)).data;
    expect((await whatIf('2026-04')).before.total_cents).to.equal(11_000);
    expect((await whatIf('2026-05')).before.total_cents).to.equal(12_500);
    const other = (
      await ok(ledger.api.post('what-if', { period: '2026-05', overrides: { tax_rate: '0' } }), 201)
    ).data;
    expect([other.before.total_cents, other.after.total_cents]).to.deep.equal([12_500, 10_000]);
  });

  it('that reach into an invoiced month are late on invoices with another rate, until forced', async () => {
    await rollup(ledger);
    await set({ tenant_id: 'embassy', rate: '0', reason: 'diplomatic', effective_from: '2026-04-01' });
    await set({ rate: '0.1', effective_from: '2026-04-02' });
    expect((await invoice('acme')).late).to.deep.equal([]);
    expect(
      (await invoice('embassy')).late.map(({ kind, day, detail }: Json) => ({ kind, day, detail })),
    ).to.deep.equal([
      {
        kind: 'tax_rate',
        day: april,
        detail: { name: 'GST', rate: '0', tenant_id: 'embassy', reason: 'diplomatic' },
      },
    ]);
    const { invoices } = await rollup(ledger, { force: true });
    expect(invoices.map(({ tenant_id, status }: Json) => [tenant_id, status])).to.deep.equal([
      ['acme', 'skipped'],
      ['embassy', 'reissued'],
    ]);
    expect(await taxOf('embassy')).to.include({ tax_rate: '0', tax_lines: 0 });
    expect((await invoice('embassy')).late).to.deep.equal([]);
    const [first] = (
      await ok(ledger.api.get(`invoices/${invoiceId('embassy', april)}/explain?issue=1`))
    ).data.lines.filter(({ kind }: Json) => kind === 'tax');
    expect(first.matches, 'the first issue is explained at its own tax').to.equal(true);
  });

  it('are not forgotten by a late fact of another kind', async () => {
    await rollup(ledger);
    await set({ rate: '0.3', effective_from: '2026-05-01' });
    const site = (await ok(ledger.api.get('deployments'))).data.find(
      ({ tenant_id }: Json) => tenant_id === 'acme',
    ).id;
    await meter(ledger, 'acme', site, '2026-04-02', [{ resource_kind: 'droplet_hours', qty: '2488' }]);
    await ledger.settled();
    await rollup(ledger, { force: true });
    expect(await invoice('acme')).to.include({ subtotal_cents: 6000, tax_cents: 600, tax_rate: '0.1' });
  });
});

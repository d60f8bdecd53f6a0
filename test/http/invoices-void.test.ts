import { expect } from 'chai';
import { invoiceId } from '../../commands/invoicing/invoice.ts';
import { ok, problem } from '../support/http/api.ts';
import type { Json } from '../support/http/api.ts';
import type { TestLedger } from '../support/ledger/test-ledger.ts';
import { tenantToken } from '../support/http/tokens.ts';
import {
  charge,
  invoiceOf,
  meter,
  rollup,
  seededLedger,
  subscribed,
} from '../support/http/invoices-month.ts';

const id = invoiceId('acme', '2026-04-01');

describe('a void invoice', () => {
  let ledger: TestLedger;
  const voidIt = (reason = 'a deployment is missing') =>
    ok(ledger.api.post(`invoices/${id}/void`, { reason }));
  const invoice = (): Promise<Json> => invoiceOf(ledger, id);
  const deployment = async (slug: string): Promise<string> =>
    (await ok(ledger.api.post('deployments', { tenant_id: 'acme', slug, display_name: slug }), 201)).data.id;
  const subscribe = (deploymentId: string, starts_on: string, plan_code = 'starter') =>
    ledger.api.post(`deployments/${deploymentId}/subscribe`, { plan_code, starts_on });
  const lateIds = async (query = 'late=true'): Promise<string[]> =>
    (await ok(ledger.api.get(`invoices?${query}`))).data.map((row: Json) => row.id);
  beforeEach(async () => {
    ledger = await seededLedger();
    await subscribed(ledger, 'acme', 'site');
    await subscribed(ledger, 'globex', 'shop');
    await rollup(ledger);
  });
  afterEach(() => ledger.close());

  it('lists corrections as late, and is issued again by a forced rollup of its tenant', async () => {
    const second = await deployment('second');
    expect((await problem(subscribe(second, '2026-04-10'), 409)).invoice_id).to.equal(id);
    await voidIt();
    await ok(subscribe(second, '2026-04-10'), 201);
    expect(
      (await invoice()).late.map(({ kind, deployment_id }: Json) => [kind, deployment_id]),
    ).to.deep.equal([['subscription', second]]);
    expect(await lateIds()).to.deep.equal([id]);
    expect(await lateIds('late=true&status=void&period=2026-04')).to.deep.equal([id]);
    const events = await ledger.eventCount();
    expect((await rollup(ledger)).invoices[0]).to.include({ status: 'skipped', reason: 'already-issued' });
    expect((await rollup(ledger, { force: true })).invoices[0]).to.include({
      status: 'refused',
      reason: 'invoice-void',
    });
    expect((await rollup(ledger, { tenant_id: 'acme' })).invoices[0]).to.include({ status: 'skipped' });
    expect(await ledger.eventCount()).to.equal(events);
    const { invoices } = await rollup(ledger, { tenant_id: 'acme', force: true });
    // 5000 and 21 of 30 days of 2000, with 10 % tax.
    expect(invoices).to.deep.equal([
      { tenant_id: 'acme', invoice_id: id, status: 'reissued', reason: null, total_cents: 6400 + 640 },
    ]);
    const anew = await invoice();
    expect(anew).to.include({
      status: 'issued',
      issue_no: 2,
      voided_at: null,
      void_reason: null,
      late_count: 0,
    });
    expect(
      anew.history.map((issue: Json) => [
        issue.issue_no,
        issue.total_cents,
        issue.void_reason,
        issue.voided_at === null,
      ]),
    ).to.deep.equal([
      [1, 5500, 'a deployment is missing', false],
      [2, 7040, null, true],
    ]);
    expect(anew.history[0].lines).to.have.length(2);
    expect(await lateIds()).to.deep.equal([]);
    expect((await ok(ledger.api.get(`invoices/${id}/explain`))).data.matches).to.equal(true);
    expect((await ok(ledger.api.get(`invoices/${id}/explain?issue=1`))).data.matches).to.equal(true);
    await problem(subscribe(await deployment('third'), '2026-04-10'), 409);
  });

  it('is issued again once, also where nothing has changed, and then like any other', async () => {
    await voidIt();
    const shown = await invoice();
    expect([
      shown.status,
      shown.history[0].voided_at === shown.voided_at,
      shown.history[0].void_reason,
    ]).to.deep.equal(['void', true, 'a deployment is missing']);
    const runs = await Promise.all([1, 2, 3].map(() => rollup(ledger, { tenant_id: 'acme', force: true })));
    expect(runs.map(({ invoices }) => invoices[0].status).sort()).to.include.members(['reissued']);
    expect(await invoice()).to.include({ status: 'issued', issue_no: 2, total_cents: 5500 });
    expect((await rollup(ledger, { tenant_id: 'acme', force: true })).invoices[0]).to.include({
      status: 'skipped',
      reason: 'unchanged',
    });
    await voidIt('again');
    await rollup(ledger, { tenant_id: 'acme', force: true });
    expect((await invoice()).history.map((issue: Json) => issue.void_reason)).to.deep.equal([
      'a deployment is missing',
      'again',
      null,
    ]);
    await ok(ledger.api.post(`invoices/${id}/pay`));
    expect(
      (
        await problem(
          ledger.api.post('invoices/rollup', { period: '2026-04', tenant_id: 'acme', force: true }),
          409,
        )
      ).type,
    ).to.contain('invoice-paid');
    expect((await invoice()).status).to.equal('paid');
  });

  it('shows its past: void at one moment, issued again at a later one', async () => {
    ledger.clock.set('2026-05-10T10:00:00.000Z');
    await voidIt();
    ledger.clock.set('2026-05-11T10:00:00.000Z');
    await rollup(ledger, { tenant_id: 'acme', force: true });
    const at = async (day: string): Promise<Json> =>
      (await ok(ledger.api.get(`invoices/${id}?known_at=${day}`))).data;
    expect([
      (await at('2026-05-09')).status,
      (await at('2026-05-10')).status,
      (await at('2026-05-11')).status,
    ]).to.deep.equal(['issued', 'void', 'issued']);
    expect((await at('2026-05-10')).history[0].void_reason).to.equal('a deployment is missing');
    expect((await at('2026-05-11')).history.map((issue: Json) => issue.void_reason)).to.deep.equal([
      'a deployment is missing',
      null,
    ]);
    expect((await at('2026-05-11')).history[0].voided_at).to.equal('2026-05-10T10:00:00.000Z');
  });

  it('counts in the margin again with its new issue', async () => {
    const revenue = async (): Promise<number> =>
      (await ok(ledger.api.get('dashboard/margin?period=2026-04'))).data.overall.revenue_cents;
    expect(await revenue()).to.equal(10_000);
    await voidIt();
    expect(await revenue()).to.equal(5000);
    await rollup(ledger, { tenant_id: 'acme', force: true });
    expect(await revenue()).to.equal(10_000);
  });
});

describe('GET invoices and what came late', () => {
  let ledger: TestLedger;
  before(async () => {
    ledger = await seededLedger();
    for (const tenant of ['acme', 'globex', 'initech'])
      await subscribed(ledger, tenant, 'site', { starts_on: '2026-03-01' });
    await rollup(ledger, { period: '2026-03' });
    await rollup(ledger);
  });
  after(() => ledger.close());
  const rows = async (query: string, request = {}): Promise<[string, string, boolean][]> =>
    (await ok(ledger.api.get(`invoices?${query}`, request))).data.map((row: Json) => [
      row.tenant_id,
      row.period_start,
      row.late,
    ]);
  const siteOf = async (tenant: string): Promise<string> =>
    (await ok(ledger.api.get('deployments'))).data.find(({ tenant_id }: Json) => tenant_id === tenant).id;

  it('shows on each row whether facts came late, and filters by it', async () => {
    expect(await rows('late=true')).to.deep.equal([]);
    await charge(ledger, 'acme', await siteOf('acme'), 'g-1', '7', '2026-04-30T23:59:59.999Z');
    await meter(ledger, 'globex', await siteOf('globex'), '2026-03-31', [
      { resource_kind: 'droplet_hours', qty: '1' },
    ]);
    await meter(ledger, 'initech', await siteOf('initech'), '2026-05-01', [
      { resource_kind: 'droplet_hours', qty: '1' },
    ]);
    await ledger.settled();
    expect(await rows('late=true')).to.have.deep.members([
      ['acme', '2026-04-01', true],
      ['globex', '2026-03-01', true],
    ]);
    expect(await rows('late=false&period=2026-03')).to.have.deep.members([
      ['acme', '2026-03-01', false],
      ['initech', '2026-03-01', false],
    ]);
    expect(await rows('period=2026-04')).to.have.deep.members([
      ['acme', '2026-04-01', true],
      ['globex', '2026-04-01', false],
      ['initech', '2026-04-01', false],
    ]);
    expect(await rows('late=true', { token: tenantToken('acme') })).to.deep.equal([
      ['acme', '2026-04-01', true],
    ]);
    await problem(ledger.api.get('invoices?late=yes'), 422, 'late');
    const first = await ok(ledger.api.get('invoices?late=true&limit=1'));
    expect(
      (await ok(ledger.api.get(`invoices?late=true&limit=1&cursor=${first.next_cursor}`))).data,
    ).to.have.length(1);
  });

  it('counts prices and tax rates as late only on invoices that they change', async () => {
    await ok(
      ledger.api.post('tax-rates', {
        name: 'GST',
        rate: '0',
        effective_from: '2026-04-01',
        tenant_id: 'initech',
        reason: 'exempt',
      }),
      201,
    );
    expect(await rows('late=true&period=2026-04')).to.have.deep.members([
      ['acme', '2026-04-01', true],
      ['initech', '2026-04-01', true],
    ]);
    await ok(
      ledger.api.post('catalog/resource-prices', {
        resource_kind: 'backup_gb_month',
        unit: 'gb',
        price_cents: 5,
        effective_from: '2026-04-01',
      }),
      201,
    );
    expect(await rows('late=true&period=2026-04')).to.have.length(2);
  });

  it('agrees with the list on the invoice', async () => {
    for (const row of (await ok(ledger.api.get('invoices?limit=500'))).data) {
      const { late_count } = (await ok(ledger.api.get(`invoices/${row.id}`))).data;
      expect([row.id, row.late]).to.deep.equal([row.id, late_count > 0]);
    }
  });
});

import { expect } from 'chai';
import { invoiceId } from '../../commands/invoicing/invoice.ts';
import { ok } from '../support/http/api.ts';
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

describe('what comes too late for an invoice', () => {
  let ledger: TestLedger;
  let site: string;
  const id = (tenant: string) => invoiceId(tenant, '2026-04-01');
  const late = async (tenant: string): Promise<Json[]> => (await invoiceOf(ledger, id(tenant))).late;
  const setPrice = (resource_kind: string, price_cents: number, effective_from: string) =>
    ok(
      ledger.api.post('catalog/resource-prices', { resource_kind, unit: 'gb', price_cents, effective_from }),
      201,
    );
  before(async () => {
    ledger = await seededLedger();
    site = await subscribed(ledger, 'acme', 'site');
    await subscribed(ledger, 'globex', 'shop');
    await meter(ledger, 'acme', site, '2026-04-01', [{ resource_kind: 'backup_gb_month', qty: '10' }]);
    await ledger.settled();
    await rollup(ledger);
  });
  after(() => ledger.close());

  it('is empty at first, and holds nothing of other months or tenants', async () => {
    await meter(ledger, 'acme', site, '2026-03-31', [{ resource_kind: 'droplet_hours', qty: '1' }]);
    await meter(ledger, 'acme', site, '2026-05-01', [{ resource_kind: 'droplet_hours', qty: '1' }]);
    await ok(ledger.api.post(`deployments/${site}/change-plan`, { plan_code: 'pro' }));
    await setPrice('another_kind', 1, '2026-04-01');
    await setPrice('backup_gb_month', 1, '2026-05-01');
    await ledger.settled();
    expect(await late('acme')).to.deep.equal([]);
    expect((await invoiceOf(ledger, id('acme'))).unpriced).to.deep.equal([
      { deployment_id: site, resource_kind: 'backup_gb_month', qty: '10' },
    ]);
  });

  it('is a day metered anew, a charge, and a price for what the invoice left unpriced', async () => {
    await meter(ledger, 'acme', site, '2026-04-01', [{ resource_kind: 'backup_gb_month', qty: '20' }], 2);
    await charge(ledger, 'acme', site, 'g-1', '7', '2026-04-02T10:00:00.000Z');
    await setPrice('backup_gb_month', 5, '2026-04-30');
    await ledger.settled();
    expect(
      (await late('acme')).map(({ kind, deployment_id, day, detail }) => ({
        kind,
        deployment_id,
        day,
        detail,
      })),
    ).to.deep.equal([
      {
        kind: 'usage',
        deployment_id: site,
        day: '2026-04-01',
        detail: { set_no: 2, usage: { backup_gb_month: '20' } },
      },
      {
        kind: 'llm_usage',
        deployment_id: site,
        day: '2026-04-02',
        detail: { gateway_request_id: 'g-1', charge_cents: '7' },
      },
      {
        kind: 'resource_price',
        deployment_id: null,
        day: '2026-04-30',
        detail: { resource_kind: 'backup_gb_month', unit: 'gb', price_cents: 5 },
      },
    ]);
    expect(await late('globex')).to.deep.equal([]);
  });

  it('is billed by a reissue, and gone then', async () => {
    const { invoices } = await rollup(ledger, { tenant_id: 'acme', force: true });
    expect(invoices[0]).to.include({ status: 'reissued', total_cents: 5107 + 511 });
    expect(await late('acme')).to.deep.equal([]);
    await setPrice('backup_gb_month', 6, '2026-04-29');
    await setPrice('backup_gb_month', 7, '2026-04-30');
    expect(
      (await late('acme')).map(({ detail }) => detail.price_cents),
      'prices for what a resource price was taken for',
    ).to.deep.equal([6, 7]);
  });

  it('is what was known at the given time', async () => {
    const known = ledger.clock.now();
    ledger.clock.advance(1000);
    await charge(ledger, 'acme', site, 'g-2', '7', '2026-04-02T10:00:00.000Z');
    await ledger.settled();
    const then = (await ok(ledger.api.get(`invoices/${id('acme')}?known_at=${known}`))).data;
    expect([then.late_count, (await invoiceOf(ledger, id('acme'))).late_count]).to.deep.equal([2, 3]);
  });

  it('is what is taken back or reported afterwards, until a reissue', async () => {
    await rollup(ledger, { tenant_id: 'acme', force: true });
    expect(await late('acme')).to.deep.equal([]);
    const own = {
      source: 'cdn',
      external_id: 'late',
      deployment_id: site,
      resource_kind: 'cdn_gb',
      qty: '30',
      day: '2026-04-30',
    };
    await ok(ledger.api.post('usage', { events: [own] }));
    await ok(ledger.api.post('usage', { events: [{ ...own, external_id: 'may', day: '2026-05-01' }] }));
    await ok(ledger.api.post('integrations/llm-usage/g-1/void', { reason: 'wrong unit' }));
    await ok(ledger.api.post('usage/cdn/late/void', { reason: 'twice' }));
    await ledger.settled();
    const reported = { source: 'cdn', external_id: 'late', resource_kind: 'cdn_gb', qty: '30' };
    expect((await late('acme')).map(({ kind, day, detail }) => ({ kind, day, detail }))).to.deep.equal([
      { kind: 'reported_usage', day: '2026-04-30', detail: reported },
      {
        kind: 'llm_usage_voided',
        day: '2026-04-02',
        detail: { gateway_request_id: 'g-1', charge_cents: '7', reason: 'wrong unit' },
      },
      { kind: 'reported_usage_voided', day: '2026-04-30', detail: { ...reported, reason: 'twice' } },
    ]);
    const { invoices } = await rollup(ledger, { tenant_id: 'acme', force: true });
    expect(invoices[0]).to.include({ status: 'reissued' });
    expect(await late('acme')).to.deep.equal([]);
    const { lines } = await invoiceOf(ledger, id('acme'));
    const llm = lines.filter(({ kind }: Json) => kind === 'llm_usage');
    expect(
      llm.map(({ amount_cents }: Json) => amount_cents),
      'g-2 alone is charged',
    ).to.deep.equal([7]);
  });

  it('is a subscription that was backdated into the month of a void invoice', async () => {
    await ok(ledger.api.post(`invoices/${id('globex')}/void`));
    const deployment = await subscribed(ledger, 'globex', 'more', { starts_on: '2026-04-30' });
    expect(
      (await late('globex')).map(({ kind, deployment_id, day, detail }) => [
        kind,
        deployment_id,
        day,
        detail.event,
      ]),
    ).to.deep.equal([['subscription', deployment, '2026-04-30', 'SubscriptionStarted']]);
    expect((await late('acme')).map(({ kind }) => kind)).to.not.include('subscription');
  });

  it("does not stop other invoices: only the month that can't be computed is refused", async () => {
    await ok(ledger.api.post('catalog/plans', { code: 'huge', name: 'Huge' }), 201);
    await ok(
      ledger.api.post('catalog/plans/huge/versions', {
        base_price_cents: Number.MAX_SAFE_INTEGER,
        items: [],
      }),
      201,
    );
    await ok(ledger.api.post('catalog/plans/huge/versions/1/publish'));
    for (const slug of ['a', 'b']) await subscribed(ledger, 'huge', slug, { plan_code: 'huge' });
    await subscribed(ledger, 'small', 'site', { plan_code: 'starter' });
    const { invoices } = await rollup(ledger);
    expect(invoices.map((one: Json) => [one.tenant_id, one.status, one.reason])).to.deep.equal([
      ['acme', 'skipped', 'already-issued'],
      ['globex', 'skipped', 'already-issued'],
      ['huge', 'refused', 'not-billable'],
      ['small', 'issued', null],
    ]);
    expect((await rollup(ledger, { tenant_id: 'huge' })).invoices).to.deep.equal(invoices.slice(2, 3));
    expect(
      await ledger.sql`select 1 from journal where data->>'tenant_id' = 'huge' and type like 'Invoice%'`,
    ).to.have.length(0);
  });

  it('is covered by one reissue even where it changes no line, also with five at once', async () => {
    await subscribed(ledger, 'modest', 'site');
    const {
      invoices: [first],
    } = await rollup(ledger, { tenant_id: 'modest' });
    const {
      data: [deployment],
    } = await ok(ledger.api.get('deployments', { token: tenantToken('modest') }));
    await meter(ledger, 'modest', deployment.id, '2026-04-30', [
      { resource_kind: 'droplet_hours', qty: '24' },
    ]);
    await ledger.settled();
    expect(await late('modest')).to.have.length(1);
    const runs = await Promise.all(
      Array.from({ length: 5 }, () => rollup(ledger, { tenant_id: 'modest', force: true })),
    );
    expect(runs.map(({ invoices: [one] }) => one.status).sort()).to.deep.equal([
      'reissued',
      'skipped',
      'skipped',
      'skipped',
      'skipped',
    ]);
    expect(await late('modest')).to.deep.equal([]);
    const { history, issue_no } = await invoiceOf(ledger, id('modest'));
    expect([issue_no, history.map((issue: Json) => issue.total_cents)]).to.deep.equal([
      2,
      [first.total_cents, first.total_cents],
    ]);
    expect((await rollup(ledger, { tenant_id: 'modest', force: true })).invoices[0]).to.include({
      status: 'skipped',
      reason: 'unchanged',
    });
  });
});

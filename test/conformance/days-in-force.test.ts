import { expect } from 'chai';
import { invoiceId } from '../../commands/invoicing/invoice.ts';
import { loadDeployments } from '../../src/invoicing/load-invoicing-inputs.ts';
import { unbilledOfPeriod } from '../../src/invoicing/unbilled.ts';
import { daysFrom } from '../../src/pricing/calendar.ts';
import { expectExplained } from '../support/http/invoice-explain.ts';
import {
  amounts,
  charge,
  invoiceOf,
  meter,
  rollup,
  seededLedger,
  subscribed,
} from '../support/http/invoices-month.ts';
import { ok } from '../support/http/api.ts';
import type { Json } from '../support/http/api.ts';
import type { TestLedger } from '../support/ledger/test-ledger.ts';

/**
 * What days in force are charged, what they allow, and what other days leave unbilled; each figure is worked
 * out by hand.
 */
describe('days in force', () => {
  let ledger: TestLedger;
  beforeEach(async () => {
    ledger = await seededLedger({ now: '2026-06-01T09:00:00.000Z' });
  });
  afterEach(() => ledger.close());

  const today = (day: string) => {
    ledger.clock.set(`${day}T09:00:00.000Z`);
  };
  const post = (id: string, what: string, body: Json = {}, status = 200) =>
    ok(ledger.api.post(`deployments/${id}/${what}`, body), status);
  const trial = async (tenant_id: string, slug: string): Promise<string> =>
    (await ok(ledger.api.post('deployments', { tenant_id, slug, display_name: slug, state: 'trial' }), 201))
      .data.id;
  /** So many droplets on each of the days. */
  const droplets = async (tenant: string, id: string, n: number, from: string, to: string) => {
    for (const day of daysFrom(from, to)) {
      await meter(
        ledger,
        tenant,
        id,
        day,
        Array.from({ length: n }, (_, index) => ({
          resource_id: `d-${index}`,
          resource_kind: 'droplet_hours',
          qty: '24',
        })),
      );
    }
  };
  const billed = async (tenant: string, period: string): Promise<Json> => {
    await ledger.settled();
    await rollup(ledger, { period, tenant_id: tenant });
    const invoice = await invoiceOf(ledger, invoiceId(tenant, `${period}-01`));
    await expectExplained(ledger, invoice, invoice.history.at(-1));
    return invoice;
  };

  it('leave usage of a trial unbilled, and list it', async () => {
    const id = await trial('acme', 'site');
    await post(id, 'subscribe', { plan_code: 'starter', addons: [] }, 201);
    today('2026-06-29');
    await post(id, 'transition', { to: 'active' });
    await droplets('acme', id, 2, '2026-06-01', '2026-06-30');
    await ledger.settled();
    const accrued = (await ok(ledger.api.get('dashboard/accrual'))).data;
    expect(accrued.subscriptions[0]).to.include({ recurring_cents: 133, overage_cents: 46 });
    today('2026-07-02');
    const { data: whatIf } = await ok(ledger.api.post('what-if', { period: '2026-06', overrides: {} }), 201);
    expect([whatIf.before.total_cents, whatIf.delta_cents]).to.deep.equal([197, 0]);
    const invoice = await billed('acme', '2026-06');
    expect(amounts(invoice)).to.deep.equal([
      ['plan_base', 133],
      ['overage', 46],
      ['tax', 18],
    ]);
    expect(invoice.lines[1].meta).to.include({ used: '96', allowance: '49.6', overage_qty: '46.4' });
    expect(invoice.unbilled).to.deep.equal([
      { deployment_id: id, resource_kind: 'droplet_hours', qty: '1344', reason: 'trial' },
    ]);
    const {
      data: [listed],
    } = await ok(ledger.api.get('invoices'));
    expect(listed.unbilled).to.deep.equal(invoice.unbilled);
    expect((await rollup(ledger, { period: '2026-06', force: true })).invoices[0]).to.include({
      status: 'skipped',
      reason: 'unchanged',
    });
    const { data: then } = await ok(ledger.api.get(`invoices/${invoice.id}?known_at=2026-07-03`));
    expect(then.unbilled).to.deep.equal(invoice.unbilled);
  });

  it('leave usage before a start, in a pause, and after a cancellation unbilled', async () => {
    const id = await subscribed(ledger, 'acme', 'site', { plan_code: 'starter', starts_on: '2026-06-06' });
    for (const [day, to] of [
      ['2026-06-11', 'paused'],
      ['2026-06-16', 'active'],
      ['2026-06-21', 'cancelled'],
    ] as const) {
      today(day);
      await post(id, 'transition', { to });
    }
    const { data: none } = await ok(
      ledger.api.post('deployments', { tenant_id: 'acme', slug: 'none', display_name: 'None' }),
      201,
    );
    const alone = await trial('alone', 'site');
    today('2026-07-02');
    await droplets('acme', id, 3, '2026-06-01', '2026-06-30');
    await meter(ledger, 'acme', none.id, '2026-06-02', [
      { resource_kind: 'dns_zones', qty: '0.5' },
      { resource_id: 'off', resource_kind: 'droplet_hours', qty: '0' },
    ]);
    await meter(ledger, 'alone', alone, '2026-06-02', [{ resource_kind: 'dns_zones', qty: '0.25' }]);
    const invoice = await billed('acme', '2026-06');
    const unbilled = [
      ['droplet_hours', '360', 'before-start'],
      ['droplet_hours', '720', 'cancelled'],
      ['droplet_hours', '360', 'paused'],
    ].map(([resource_kind, qty, reason]) => ({ deployment_id: id, resource_kind, qty, reason }));
    const unsubscribed = {
      deployment_id: none.id,
      resource_kind: 'dns_zones',
      qty: '0.5',
      reason: 'no-subscription',
    };
    expect(invoice.unbilled).to.have.deep.members([...unbilled, unsubscribed]);
    // Ten days in force: 744 × 10/30 of 10 × 72 hours are included.
    expect(amounts(invoice)).to.deep.equal([
      ['plan_base', 333],
      ['plan_base', 334],
      ['overage', 472],
      ['tax', 114],
    ]);
    // A tenant without an invoice is in no list of one: the report over all tenants has it.
    expect((await rollup(ledger, { period: '2026-06', tenant_id: 'alone' })).invoices).to.deep.equal([]);
    const deployments = await ledger.ledger.readLatest((db) => loadDeployments(db, { period: '2026-06-01' }));
    const all = unbilledOfPeriod('2026-06-01', deployments);
    expect(all).to.have.deep.members([
      ...[...unbilled, unsubscribed].map((one) => ({ tenant_id: 'acme', ...one })),
      {
        tenant_id: 'alone',
        deployment_id: alone,
        resource_kind: 'dns_zones',
        qty: '0.25',
        reason: 'no-subscription',
      },
    ]);
  });

  it('allow their share of the month, so that a day on a larger plan allows one day more', async () => {
    today('2026-09-01');
    const id = await subscribed(ledger, 'acme', 'site', { plan_code: 'starter', starts_on: '2026-09-01' });
    today('2026-09-30');
    await post(id, 'change-plan', { plan_code: 'pro' });
    today('2026-10-01');
    await post(id, 'change-plan', { plan_code: 'starter' });
    today('2026-10-02');
    await droplets('acme', id, 3, '2026-09-01', '2026-09-30');
    const invoice = await billed('acme', '2026-09');
    expect(amounts(invoice)).to.deep.equal([
      ['plan_base', 1933],
      ['plan_base', 400],
      ['overage', 1317],
      ['tax', 365],
    ]);
    expect(invoice.subtotal_cents).to.equal(3650);
    expect(invoice.lines[2].meta).to.include({
      used: '2160',
      allowance: '843.2',
      overage_qty: '1316.8',
      plan_code: 'pro',
    });
  });

  it('keep what earlier days allowed of a kind that the last plan has no item for', async () => {
    const id = await subscribed(ledger, 'acme', 'site', { plan_code: 'studio', starts_on: '2026-06-01' });
    today('2026-06-16');
    await post(id, 'change-plan', { plan_code: 'starter' });
    await ok(
      ledger.api.post('catalog/resource-prices', {
        resource_kind: 'llm_tokens',
        unit: '1k_tokens',
        price_cents: 2,
        effective_from: '2026-06-01',
      }),
      201,
    );
    today('2026-07-02');
    await meter(ledger, 'acme', id, '2026-06-20', [{ resource_kind: 'llm_tokens', qty: '600000' }]);
    const invoice = await billed('acme', '2026-06');
    // A million × 15/30 is allowed by studio's days; starter has no item, so the resource price counts.
    expect(amounts(invoice)).to.deep.equal([
      ['plan_base', 2500],
      ['plan_base', 1000],
      ['overage', 200],
      ['tax', 370],
    ]);
  });

  it('share a price to the cent, part by part, and say which days they are', async () => {
    await ok(ledger.api.post('catalog/plans', { code: 'odd', name: 'Odd' }), 201);
    for (const version of [1, 2]) {
      await ok(
        ledger.api.post('catalog/plans/odd/versions', {
          base_price_cents: 4999,
          items:
            version === 1
              ? []
              : [
                  {
                    resource_kind: 'dns_zones',
                    included_qty: 1,
                    overage_unit: 'zone',
                    overage_price_cents: 1,
                  },
                ],
        }),
        201,
      );
      await ok(ledger.api.post(`catalog/plans/odd/versions/${version}/publish`));
      if (version === 1)
        await ok(
          ledger.api.post('catalog/addons', {
            code: 'hundred',
            name: 'Hundred',
            resource_kind: 'spaces_gb_month',
            qty: 1,
            price_cents: 100,
          }),
          201,
        );
      if (version === 1)
        await subscribed(ledger, 'acme', 'site', {
          plan_code: 'odd',
          addons: ['hundred'],
          starts_on: '2026-06-01',
        });
    }
    const [site] = (await ok(ledger.api.get('deployments'))).data;
    for (const day of ['2026-06-11', '2026-06-21']) {
      today(day);
      await ok(ledger.api.delete(`deployments/${site.id}/addons/hundred`));
      await post(site.id, 'addons', { code: 'hundred' }, 201);
      if (day === '2026-06-11') today('2026-06-16');
      if (day === '2026-06-11') await post(site.id, 'change-plan', { plan_code: 'odd' });
    }
    today('2026-07-02');
    const invoice = await billed('acme', '2026-06');
    expect(
      invoice.lines
        .slice(0, -1)
        .map(({ description, qty, amount_cents, meta }: Json) => [
          description,
          qty,
          amount_cents,
          meta.from,
          meta.to,
        ]),
    ).to.deep.equal([
      [
        'Plan: Odd (version 1), 2026-06-01 to 2026-06-15 (15 of 30 days)',
        '0.5',
        2500,
        '2026-06-01',
        '2026-06-15',
      ],
      [
        'Plan: Odd (version 2), 2026-06-16 to 2026-06-30 (15 of 30 days)',
        '0.5',
        2499,
        '2026-06-16',
        '2026-06-30',
      ],
      [
        'Addon: hundred, 2026-06-01 to 2026-06-10 (10 of 30 days)',
        '0.333333',
        33,
        '2026-06-01',
        '2026-06-10',
      ],
      [
        'Addon: hundred, 2026-06-11 to 2026-06-20 (10 of 30 days)',
        '0.333333',
        33,
        '2026-06-11',
        '2026-06-20',
      ],
      [
        'Addon: hundred, 2026-06-21 to 2026-06-30 (10 of 30 days)',
        '0.333333',
        34,
        '2026-06-21',
        '2026-06-30',
      ],
    ]);
  });

  it('bill a charge of the gateway on every day, in force or not', async () => {
    const id = await subscribed(ledger, 'acme', 'site', { plan_code: 'starter', starts_on: '2026-06-16' });
    today('2026-07-02');
    await charge(ledger, 'acme', id, 'before', '10.5', '2026-06-02T00:00:00.000Z');
    await charge(ledger, 'acme', id, 'since', '10', '2026-06-20T00:00:00.000Z');
    expect(amounts(await billed('acme', '2026-06'))).to.deep.equal([
      ['plan_base', 1000],
      ['llm_usage', 21],
      ['tax', 102],
    ]);
  });
});

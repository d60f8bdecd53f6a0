import { expect } from 'chai';
import { invoiceId } from '../../commands/invoicing/invoice.ts';
import { ok, problem } from '../support/http/api.ts';
import type { Json } from '../support/http/api.ts';
import type { TestLedger } from '../support/ledger/test-ledger.ts';
import { serviceToken, tenantToken } from '../support/http/tokens.ts';
import { expectExplained, explanationOf } from '../support/http/invoice-explain.ts';
import {
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

/** Name and result of a line's steps. */
const results = (line: Json): [string, string | number][] =>
  line.steps.map(({ name, result }: Json) => [name, result]);

describe('explain over HTTP: the golden month', () => {
  let ledger: TestLedger;
  let site: string;
  before(async () => {
    ledger = await seededLedger();
    site = await subscribed(ledger, 'acme', 'site', { addons: ['storage_50gb'] });
    await meterMonth(
      ledger,
      'acme',
      site,
      '2026-04-01',
      [1, 2, 3].map((n) => ({ resource_id: `droplet-${n}`, resource_kind: 'droplet_hours', qty: '24' })),
    );
    await ledger.settled();
    await rollup(ledger);
  });
  after(() => ledger.close());

  it('comes out equal to the cent', async () => {
    const invoice = await invoiceOf(ledger, id('acme'));
    const explanation = await expectExplained(ledger, invoice, invoice.history[0]);
    expect(explanation).to.include({
      tenant_id: 'acme',
      period_start: '2026-04-01',
      period_end: '2026-04-30',
      currency: 'AUD',
      tax_name: 'GST',
      tax_rate: '0.1',
      total_cents: 7064,
    });
    expect(explanation.issued_by).to.include({
      type: 'InvoiceIssued',
      stream: `invoice-${id('acme')}`,
      revision: 0,
    });
    expect(
      explanation.lines.map(({ kind, recomputed_cents }: Json) => [kind, recomputed_cents]),
    ).to.deep.equal([
      ['plan_base', 5000],
      ['addon', 750],
      ['overage', 672],
      ['tax', 642],
    ]);
    // A tenant does not see which member of the operator's staff acted.
    const toTenant = JSON.parse(
      JSON.stringify(explanation).replaceAll('"actor":"admin-1"', '"actor":"operator"'),
    );
    expect(await explanationOf(ledger, id('acme'), acme), 'to the tenant').to.deep.equal(toTenant);
    expect(JSON.stringify(toTenant)).to.contain('"actor":"operator"');
  });

  it('names the plan version and the addon snapshot, each with the event that set it', async () => {
    const {
      lines: [base, addon],
    } = await explanationOf(ledger, id('acme'));
    const { data: events } = await ok(ledger.api.get(`events?stream=deployment-${site}`));
    const origin = (type: string) => {
      const {
        id: eventId,
        stream,
        revision,
        position,
        metadata,
      } = events.find((event: Json) => event.type === type);
      return {
        id: eventId,
        stream,
        revision,
        position,
        type,
        recorded_at: metadata.recorded_at,
        actor: metadata.actor.sub,
      };
    };
    expect(base.inputs.plan).to.deep.include({
      plan_code: 'studio',
      plan_version: 1,
      base_price_cents: 5000,
      currency: 'AUD',
      item: null,
      set_by: origin('SubscriptionStarted'),
    });
    expect(base.inputs.plan.drafted_by).to.include({ type: 'PlanVersionDrafted' });
    expect(base.inputs.in_force).to.deep.equal([
      { from: '2026-04-01', to: '2026-04-30', days: 30, set_by: origin('SubscriptionStarted') },
    ]);
    expect(base.inputs.changes.map(({ day, type }: Json) => [day, type])).to.deep.equal([
      ['2026-04-01', 'started'],
      ['2026-04-01', 'addon_attached'],
    ]);
    expect(base.meta.event_id).to.equal(base.inputs.plan.set_by.id);
    expect(addon.inputs.addons).to.have.length(1);
    expect(addon.inputs.addons[0]).to.deep.include({
      code: 'storage_50gb',
      packs: 1,
      qty: '50',
      price_cents: 750,
      set_by: origin('AddonAttached'),
    });
    expect(addon.inputs.plan).to.equal(null);
  });

  it('shows the arithmetic step by step', async () => {
    const {
      lines: [base, addon, overage, tax],
    } = await explanationOf(ledger, id('acme'));
    expect(results(base)).to.deep.equal([
      ['monthly_cents', 5000],
      ['cent_days', '150000'],
      ['amount_cents', 5000],
    ]);
    expect(addon.steps[0]).to.deep.equal({
      name: 'monthly_cents',
      operation: 'product',
      operands: [
        { name: 'unit_price_cents', value: 750 },
        { name: 'packs', value: 1 },
      ],
      result: 750,
      rounding: null,
    });
    expect(results(overage)).to.deep.equal([
      ['addon_qty', '0'],
      ['allowance', '1488'],
      ['excess_qty', '672'],
      ['exact_cents', '672'],
      ['amount_cents', 672],
    ]);
    expect(overage.inputs.plan.item).to.deep.equal({
      resource_kind: 'droplet_hours',
      included_qty: '1488',
      overage_unit: 'hour',
      overage_price_cents: 1,
      hard_cap_qty: null,
    });
    expect(results(tax)).to.deep.equal([
      ['subtotal_cents', 6422],
      ['exact_tax_cents', '642.2'],
      ['amount_cents', 642],
    ]);
    expect(tax.inputs.tax).to.deep.include({ name: 'GST', rate: '0.1' });
    expect(tax.steps.at(-1).rounding).to.equal('half-away-from-zero');
  });

  it('lists the usage events behind a quantity', async () => {
    const { lines } = await explanationOf(ledger, id('acme'));
    const { count, sum, data, next_cursor } = lines[2].usage_events;
    expect({ count, sum, next_cursor }).to.deep.equal({ count: 90, sum: '2160', next_cursor: null });
    expect(
      data.slice(0, 4).map(({ day, resource_id, hour, qty }: Json) => [day, resource_id, hour, qty]),
    ).to.deep.equal([
      ['2026-04-01', 'droplet-1', null, '24'],
      ['2026-04-01', 'droplet-2', null, '24'],
      ['2026-04-01', 'droplet-3', null, '24'],
      ['2026-04-02', 'droplet-1', null, '24'],
    ]);
    const {
      data: [event],
    } = await ok(ledger.api.get(`events?after=${data[0].position - 1}&limit=1`));
    expect(event).to.include({ id: data[0].id, type: 'UsageMetered' });
    expect(event.data).to.include({ deployment_id: site, day: '2026-04-01' });
  });

  it('shows one line when its number is given', async () => {
    const whole = await explanationOf(ledger, id('acme'), acme);
    for (const line of whole.lines) {
      const alone = await explanationOf(ledger, id('acme'), { query: `?line=${line.line_no}`, ...acme });
      const [{ usage_by_day }] = alone.lines;
      expect(alone).to.deep.equal({ ...whole, lines: [{ ...line, usage_by_day }] });
      expect(line.usage_by_day, 'of many lines').to.equal(null);
      expect(usage_by_day !== null, line.kind).to.equal(line.kind === 'overage');
    }
  });

  it('shows the usage of a single line by day against its allowance, and by resource', async () => {
    const {
      lines: [{ usage_by_day: byDay, usage_events: events }],
    } = await explanationOf(ledger, id('acme'), { query: '?line=3' });
    expect(byDay).to.include({ allowance_qty: '1488', over_from: '2026-04-21', resource_count: 3 });
    expect(byDay.days).to.have.length(30);
    expect(byDay.days[20]).to.deep.equal({ day: '2026-04-21', qty: '72', cumulative_qty: '1512' });
    expect(byDay.days.at(-1).cumulative_qty).to.equal(events.sum);
    expect(byDay.resources[1]).to.deep.equal({
      resource_id: 'droplet-2',
      name: null,
      kind: null,
      source: null,
      qty: '720',
      records: 30,
      from: '2026-04-01',
      to: '2026-04-30',
    });
  });

  it('names the event that set the tax rate', async () => {
    const {
      lines: [tax],
    } = await explanationOf(ledger, id('acme'), { query: '?line=4' });
    const { rate_set_by, effective_from } = tax.inputs.tax;
    expect(rate_set_by).to.include({ type: 'TaxRateSet' });
    expect(effective_from).to.equal('2000-01-01');
  });

  it('is shown to the tenant of the invoice, and to admins', async () => {
    await problem(ledger.api.get(`invoices/${id('acme')}/explain`, globex), 404);
    await problem(ledger.api.get(`invoices/${id('acme')}/explain?line=1`, globex), 404);
    await problem(ledger.api.get(`invoices/${id('acme')}/explain`, { token: serviceToken() }), 403);
    await problem(ledger.api.get('invoices/no-such-invoice/explain'), 404);
  });

  it('refuses lines, issues and cursors that do not exist', async () => {
    const explain = `invoices/${id('acme')}/explain`;
    await problem(ledger.api.get(`${explain}?line=5`), 404);
    await problem(ledger.api.get(`${explain}?issue=2`), 404);
    for (const [query, field] of [
      ['line=0', 'line'],
      ['line=x', 'line'],
      ['line=1.5', 'line'],
      ['line=', 'line'],
      ['issue=0', 'issue'],
      ['limit=501', 'limit'],
      ['line=3&cursor=AAAA', 'cursor'],
    ]) {
      await problem(ledger.api.get(`${explain}?${query}`), 422, field);
    }
    const {
      lines: [first],
    } = await explanationOf(ledger, id('acme'), { query: '?line=3&limit=10' });
    const cursor = first.usage_events.next_cursor;
    await problem(ledger.api.get(`${explain}?cursor=${cursor}`), 422, 'cursor');
    await problem(ledger.api.get(`${explain}?line=1&cursor=${cursor}`), 422, 'cursor');
    await problem(ledger.api.get(`${explain}?line=3&issue=1&cursor=${cursor}`), 422, 'cursor');
    await problem(ledger.api.get(`${explain}?line=3&cursor=${cursor}`, globex), 422, 'cursor');
    await ok(ledger.api.get(`${explain}?line=3&cursor=${cursor}`));
  });
});

describe('explain over HTTP: beyond 500 usage events', () => {
  let ledger: TestLedger;
  let site: string;
  before(async () => {
    ledger = await seededLedger();
    site = await subscribed(ledger, 'acme', 'site');
    const droplets = Array.from({ length: 40 }, (_, n) => ({
      resource_id: `droplet-${String(n).padStart(2, '0')}`,
      resource_kind: 'droplet_hours',
      qty: '24',
    }));
    await meterMonth(ledger, 'acme', site, '2026-04-01', droplets);
    for (let n = 0; n < 30; n += 1)
      await charge(
        ledger,
        'acme',
        site,
        `request-${n}`,
        '0.125',
        `2026-04-${String((n % 9) + 1).padStart(2, '0')}T10:00:00.000Z`,
      );
    await ledger.settled();
    await rollup(ledger);
  });
  after(() => ledger.close());

  it('are counted and added up, the first 500 listed, the rest by cursor', async () => {
    const invoice = await invoiceOf(ledger, id('acme'));
    const explanation = await expectExplained(ledger, invoice, invoice.history[0]);
    const { count, sum, data, next_cursor } = explanation.lines[1].usage_events;
    expect({ count, sum, listed: data.length }).to.deep.equal({ count: 1200, sum: '28800', listed: 500 });
    expect(next_cursor).to.be.a('string');
    const { type } = await problem(
      ledger.api.get(`invoices/${id('acme')}/explain?line=2&issue=1&cursor=${next_cursor}`, acme),
      422,
      'cursor',
    );
    expect(type, "a cursor is its caller's").to.equal('urn:arcadia-cloud:problem:invalid-input');
  });

  it('are added up by day and by source, the charges of the gateway too', async () => {
    const byDay = async (line: number) =>
      (await explanationOf(ledger, id('acme'), { query: `?line=${line}` })).lines[0].usage_by_day;
    expect((await byDay(2)).days.slice(0, 2)).to.deep.equal([
      { day: '2026-04-01', qty: '960', cumulative_qty: '960' },
      { day: '2026-04-02', qty: '960', cumulative_qty: '1920' },
    ]);
    const charges = await byDay(3);
    expect(charges).to.include({ allowance_qty: null, over_from: null });
    expect(charges.days.at(-1)).to.deep.equal({ day: '2026-04-30', qty: '0', cumulative_qty: '3.75' });
    expect(charges.resources).to.deep.equal([
      {
        resource_id: null,
        name: null,
        kind: null,
        source: 'llm-gateway',
        qty: '3.75',
        records: 30,
        from: '2026-04-01',
        to: '2026-04-09',
      },
    ]);
  });

  it("are listed once each, in order, page by page, also the gateway's charges", async () => {
    for (const [line, key, limit] of [
      [2, 'resource_id', 97],
      [3, 'gateway_request_id', 7],
    ] as const) {
      const seen: string[] = [];
      let cursor = '';
      do {
        const {
          lines: [explanation],
        } = await explanationOf(ledger, id('acme'), {
          query: `?line=${line}&limit=${limit}${cursor === '' ? '' : `&cursor=${cursor}`}`,
        });
        expect(explanation.usage_events.data.length).to.be.within(1, limit);
        seen.push(...explanation.usage_events.data.map((event: Json) => `${event.day} ${event[key]}`));
        cursor = explanation.usage_events.next_cursor ?? '';
      } while (cursor !== '');
      expect(seen)
        .to.deep.equal([...seen].sort())
        .and.have.length(line === 2 ? 1200 : 30);
      expect(new Set(seen).size).to.equal(seen.length);
    }
  });

  it('are read to the end of one issue, also when another is issued meanwhile', async () => {
    const {
      lines: [first],
    } = await explanationOf(ledger, id('acme'), { query: '?line=2&limit=500' });
    await meter(
      ledger,
      'acme',
      site,
      '2026-04-30',
      [{ resource_id: 'droplet-00', resource_kind: 'droplet_hours', qty: '1' }],
      2,
    );
    await ledger.settled();
    await rollup(ledger, { force: true, tenant_id: 'acme' });
    const explanation = await explanationOf(ledger, id('acme'), {
      query: `?line=2&cursor=${first.usage_events.next_cursor}`,
    });
    expect(explanation).to.include({ issue_no: 1, matches: true });
    expect(explanation.lines[0].usage_events).to.include({ count: 1200, sum: '28800' });
    const {
      lines: [now],
    } = await explanationOf(ledger, id('acme'), { query: '?line=2' });
    expect(now.usage_events).to.include({ count: 1161, sum: '27841' });
  });
});

import { expect } from 'chai';
import { invoiceId } from '../../commands/invoicing/invoice.ts';
import { MAX_PART_ITEMS } from '../../commands/usage/meter-deployment-day.ts';
import { planVersions } from '../../projections/catalog/tables.ts';
import { subscriptionFacts } from '../../projections/deployments/tables.ts';
import { invoiceIssues, tenantInvoiceLines, tenantInvoices } from '../../projections/invoicing/tables.ts';
import { llmUsage, usageRecords } from '../../projections/usage/tables.ts';
import { mostUsageEvents } from '../../src/invoicing/explain-usage.ts';
import { commands } from '../../src/processes/commands.ts';
import { expectExplained, explanationOf } from '../support/http/invoice-explain.ts';
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
import { ok, problem } from '../support/http/api.ts';
import type { Json } from '../support/http/api.ts';
import type { TestLedger } from '../support/ledger/test-ledger.ts';

const droplet = [{ resource_id: 'droplet-1', resource_kind: 'droplet_hours', qty: '24' }];
const id = (tenant: string) => invoiceId(tenant, '2026-04-01');

/** Every issue of an invoice, explained; returns the explanations in order. */
async function allIssues(ledger: TestLedger, tenant: string): Promise<Json[]> {
  const invoice = await invoiceOf(ledger, id(tenant));
  const explanation = [];
  for (const issue of invoice.history) explanation.push(await expectExplained(ledger, invoice, issue));
  return explanation;
}

describe('an explanation', () => {
  let ledger: TestLedger;
  before(async () => {
    ledger = await seededLedger({ now: '2026-04-01T09:00:00.000Z' });
  });
  after(() => ledger.close());
  const settle = async (tenant_id: string, body: object = {}) => {
    await ledger.settled();
    return rollup(ledger, { tenant_id, ...body });
  };

  describe('of a month in which much changed', () => {
    let site: string;
    before(async () => {
      site = await subscribed(ledger, 'acme', 'site', { plan_code: 'starter' });
      const on = async (day: string, change: () => Promise<unknown>) => {
        ledger.clock.set(`${day}T12:00:00.000Z`);
        await change();
      };
      await on('2026-04-06', () =>
        ok(ledger.api.post(`deployments/${site}/addons`, { code: 'storage_50gb', qty: 2 }), 201),
      );
      await on('2026-04-08', () =>
        ok(ledger.api.post(`deployments/${site}/addons`, { code: 'storage_50gb' }), 201),
      );
      await on('2026-04-11', () =>
        ok(ledger.api.post(`deployments/${site}/change-plan`, { plan_code: 'studio' })),
      );
      await on('2026-04-13', () => ok(ledger.api.post(`deployments/${site}/transition`, { to: 'paused' })));
      await on('2026-04-16', () => ok(ledger.api.post(`deployments/${site}/transition`, { to: 'active' })));
      await on('2026-04-20', () => ok(ledger.api.delete(`deployments/${site}/addons/storage_50gb`)));
      await on('2026-04-22', () =>
        ok(ledger.api.post(`deployments/${site}/addons`, { code: 'llm_1m_tokens' }), 201),
      );
      ledger.clock.set('2026-05-02T03:00:00.000Z');
      await meterMonth(ledger, 'acme', site, '2026-04-01', [
        { resource_id: 'bucket', resource_kind: 'spaces_gb_month', qty: '5.123456789012' },
        { resource_id: 'image', resource_kind: 'snapshot_gb_month', qty: '3.5' },
        ...['a', 'b', 'c'].map((name) => ({ resource_id: name, resource_kind: 'droplet_hours', qty: '24' })),
        { resource_id: 'tokens', resource_kind: 'llm_tokens', qty: '70001.5' },
      ]);
      for (const [request, cents] of [
        ['one', '0.2'],
        ['two', '0.2'],
        ['three', '0.100000000001'],
      ] as const)
        await charge(ledger, 'acme', site, request, cents, '2026-04-30T23:59:59.999Z');
      await settle('acme');
    });

    it('is equal to the cent, each line with the events that set it', async () => {
      const [explanation] = await allIssues(ledger, 'acme');
      const runs = (line: Json) =>
        line.inputs.in_force.map(({ from, to, set_by }: Json) => [from, to, set_by.type]);
      expect(explanation.lines.map(({ kind, resource_kind }: Json) => [kind, resource_kind])).to.deep.equal([
        ...Array.from({ length: 3 }, () => ['plan_base', null]),
        ...Array.from({ length: 4 }, () => ['addon', 'spaces_gb_month']),
        ['addon', 'llm_tokens'],
        ['overage', 'droplet_hours'],
        ['overage', 'spaces_gb_month'],
        ['overage', 'snapshot_gb_month'],
        ['overage', 'llm_tokens'],
        ['llm_usage', null],
        ['tax', null],
      ]);
      expect(runs(explanation.lines[0])).to.deep.equal([['2026-04-01', '2026-04-10', 'SubscriptionStarted']]);
      expect(runs(explanation.lines[1])).to.deep.equal([['2026-04-11', '2026-04-12', 'PlanVersionChanged']]);
      expect(runs(explanation.lines[2])).to.deep.equal([['2026-04-16', '2026-04-30', 'PlanVersionChanged']]);
      expect(
        explanation.lines.slice(3, 7).map((line: Json) => [...runs(line)[0], line.inputs.addons[0].packs]),
      ).to.deep.equal([
        ['2026-04-06', '2026-04-12', 'AddonAttached', 2],
        ['2026-04-08', '2026-04-12', 'AddonAttached', 1],
        ['2026-04-16', '2026-04-19', 'AddonAttached', 2],
        ['2026-04-16', '2026-04-19', 'AddonAttached', 1],
      ]);
      expect(
        explanation.lines[1].inputs.changes.map(({ day, event }: Json) => [day, event.type]),
      ).to.include.deep.members([
        ['2026-04-13', 'DeploymentTransitioned'],
        ['2026-04-13', 'SubscriptionPaused'],
        ['2026-04-16', 'SubscriptionResumed'],
        ['2026-04-20', 'AddonDetached'],
      ]);
    });

    it('takes allowances from every day in force, with the addons of the kind alone', async () => {
      const { lines } = await explanationOf(ledger, id('acme'));
      const overage = (kind: string) =>
        lines.find((line: Json) => line.kind === 'overage' && line.resource_kind === kind);
      const {
        inputs: { addons, allows },
        meta,
      } = overage('spaces_gb_month');
      expect(addons.map(({ code, packs }: Json) => [code, packs])).to.deep.equal([
        ['storage_50gb', 2],
        ['storage_50gb', 1],
      ]);
      expect(
        allows.map(({ from, to, plan_code, included_qty, addon_qty }: Json) => [
          from.slice(8),
          to.slice(8),
          plan_code,
          included_qty,
          addon_qty,
        ]),
      ).to.deep.equal([
        ['01', '05', 'starter', '25', '0'],
        ['06', '07', 'starter', '25', '100'],
        ['08', '10', 'starter', '25', '150'],
        ['11', '12', 'studio', '100', '150'],
        ['16', '19', 'studio', '100', '150'],
        ['20', '21', 'studio', '100', '0'],
        ['22', '30', 'studio', '100', '0'],
      ]);
      // (10 × 25 + 17 × 100 + 2 × 100 + 9 × 150) / 30
      expect(meta).to.include({
        included: '65',
        addon_qty: '51.666666666667',
        allowance: '116.666666666667',
      });
      const tokens = overage('llm_tokens');
      expect(tokens.inputs.addons.map(({ code, set_by }: Json) => [code, set_by.type])).to.deep.equal([
        ['llm_1m_tokens', 'AddonAttached'],
      ]);
      expect(tokens.inputs.plan).to.deep.include({ plan_code: 'studio' });
      // 17 days of studio's million, 9 of them of the addon's million: 27 days of tokens are used.
      expect(
        tokens.steps.slice(-6).map(({ name, operation, result }: Json) => [name, operation, result]),
      ).to.deep.equal([
        ['unit_days of 2026-04-22 to 2026-04-30', 'product', '18000000'],
        ['unit_days', 'sum', '26000000'],
        ['allowance', 'quotient', '866666.666666666667'],
        ['excess_qty', 'excess', '1023373.833333333333'],
        ['exact_cents', 'product', '1023373.833333333333'],
        ['amount_cents', 'quotient', 1023],
      ]);
      const llm = lines.find((line: Json) => line.kind === 'llm_usage');
      expect(llm.usage_events).to.include({ count: 3, sum: '0.500000000001' });
      expect(
        llm.usage_events.data.map(({ gateway_request_id, day, qty }: Json) => [gateway_request_id, day, qty]),
      ).to.deep.equal([
        ['one', '2026-04-30', '0.2'],
        ['three', '2026-04-30', '0.100000000001'],
        ['two', '2026-04-30', '0.2'],
      ]);
      expect(llm.steps).to.have.length(1);
    });

    it('stays the same after changes of the catalog, late facts and a reissue', async () => {
      const before = await explanationOf(ledger, id('acme'));
      await ok(
        ledger.api.post('catalog/addons', {
          code: 'storage_50gb',
          name: 'Dearer',
          resource_kind: 'spaces_gb_month',
          qty: '1',
          price_cents: 9999,
        }),
        201,
      );
      const { data: version } = await ok(
        ledger.api.post('catalog/plans/studio/versions', { base_price_cents: 1, items: [] }),
        201,
      );
      await ok(ledger.api.post(`catalog/plans/studio/versions/${version.version}/publish`));
      await ok(ledger.api.post(`deployments/${site}/change-plan`, { plan_code: 'studio' }));
      await meter(ledger, 'acme', site, '2026-04-30', [], 2);
      await charge(ledger, 'acme', site, 'late', '1000', '2026-04-01T00:00:00.000Z');
      await ledger.settled();
      expect(await explanationOf(ledger, id('acme'))).to.deep.equal(before);
      await settle('acme', { force: true });
      const [first, second] = await allIssues(ledger, 'acme');
      expect(first).to.deep.equal(before);
      expect(second.issue_no).to.equal(2);
      expect(second.total_cents).not.to.equal(first.total_cents);
      expect(await explanationOf(ledger, id('acme')), 'the issue in force').to.deep.equal(second);
      await ok(ledger.api.post(`invoices/${id('acme')}/pay`));
      expect(await explanationOf(ledger, id('acme'))).to.deep.equal(second);
      await problem(ledger.api.get(`invoices/${id('acme')}/explain?issue=3`), 404);
    });
  });

  describe('of a month that has ended', () => {
    before(() => {
      ledger.clock.set('2026-05-02T03:00:00.000Z');
    });

    it('names the resource price behind a kind that no plan item covers, as it was known then', async () => {
      const site = await subscribed(ledger, 'globex', 'shop');
      await meter(ledger, 'globex', site, '2026-04-02', [
        { resource_kind: 'backup_gb_month', qty: '10.5' },
        { resource_kind: 'constructor', qty: '7' },
      ]);
      const setPrice = async (price_cents: number, effective_from: string) =>
        ok(
          ledger.api.post('catalog/resource-prices', {
            resource_kind: 'backup_gb_month',
            unit: 'gb',
            price_cents,
            effective_from,
          }),
          201,
        );
      await setPrice(3, '2026-04-30');
      await setPrice(5, '2026-04-30');
      await setPrice(8, '2026-04-29');
      await setPrice(9, '2026-05-01');
      await settle('globex');
      await setPrice(7, '2026-04-30');
      await ledger.settled();
      const [explanation] = await allIssues(ledger, 'globex');
      const { inputs, steps, recomputed_cents } = explanation.lines[1];
      expect(recomputed_cents).to.equal(53);
      expect(inputs.resource_price).to.deep.include({
        resource_kind: 'backup_gb_month',
        unit: 'gb',
        price_cents: 5,
        effective_from: '2026-04-30',
      });
      expect(inputs.resource_price.set_by.type).to.equal('ResourcePriceSet');
      expect(inputs.plan.item).to.equal(null);
      expect(steps.at(-2)).to.include({ name: 'exact_cents', result: '52.5' });
      const {
        data: [set],
      } = await ok(ledger.api.get(`events?after=${inputs.resource_price.set_by.position - 1}&limit=1`));
      expect(set).to.deep.include({ id: inputs.resource_price.set_by.id });
      expect(set.data.price_cents).to.equal(5);
    });

    it('finds the event of each record where a day is stored in parts, by the hour too', async () => {
      const site = await subscribed(ledger, 'parts', 'site', { plan_code: 'starter' });
      const observations = Array.from({ length: 60 }, (_, n) =>
        Array.from({ length: 24 }, (_hour, hour) => ({
          resource_id: `d-${n}`,
          resource_kind: n % 2 === 0 ? 'droplet_hours' : 'dns_zones',
          granularity: 'hour' as const,
          hour,
          qty: '1.5',
        })),
      ).flat();
      expect(observations.length).to.be.greaterThan(2 * MAX_PART_ITEMS);
      for (let complete = false; !complete;) {
        complete = (
          await ledger.ledger.execute(
            commands.meterDeploymentDay,
            { deployment_id: site, tenant_id: 'parts', day: '2026-04-03', observations },
            ledger.meta(),
          )
        ).result.complete;
      }
      await settle('parts');
      const [explanation] = await allIssues(ledger, 'parts');
      const { count, sum, data } = explanation.lines[1].usage_events;
      expect({ count, sum, listed: data.length }).to.deep.equal({ count: 720, sum: '1080', listed: 500 });
      const { data: events } = await ok(ledger.api.get('events?type=UsageMetered&limit=500'));
      const parts = new Map<string, Json>(events.map((event: Json) => [event.id, event]));
      expect(new Set(data.map((record: Json) => record.id)).size).to.be.greaterThan(1);
      for (const { id: event, position, resource_id, hour, qty } of data) {
        expect(parts.get(event)?.position).to.equal(position);
        expect(
          parts
            .get(event)
            ?.data.observations.filter((one: Json) => one.resource_id === resource_id && one.hour === hour),
          `${resource_id} at ${hour}`,
        ).to.deep.equal([{ resource_id, resource_kind: 'droplet_hours', granularity: 'hour', hour, qty }]);
      }
    });

    it('limits the records of one answer, and lists all of them by cursors', async () => {
      const droplets = Array.from({ length: 17 }, (_, n) => ({
        resource_id: `droplet-${String(n + 10)}`,
        resource_kind: 'droplet_hours',
        qty: '24',
      }));
      for (const slug of Array.from({ length: 11 }, (_, n) => `site-${String(n)}`)) {
        await meterMonth(
          ledger,
          'large',
          await subscribed(ledger, 'large', slug, { plan_code: 'starter' }),
          '2026-04-01',
          droplets,
        );
      }
      await settle('large');
      const [explanation] = await allIssues(ledger, 'large');
      const used: Json[] = explanation.lines
        .filter(({ kind }: Json) => kind === 'overage')
        .map((line: Json) => line.usage_events);
      expect(used.map(({ count }) => count)).to.deep.equal(Array.from({ length: 11 }, () => 510));
      expect(used.map(({ data }) => data.length)).to.deep.equal([
        ...Array.from({ length: 10 }, () => 500),
        0,
      ]);
      expect(mostUsageEvents).to.equal(5_000);
      for (const { next_cursor } of used) expect(next_cursor).to.be.a('string');
    });

    it('lists the lines of each deployment, and taxes them once', async () => {
      for (const slug of ['a', 'b', 'c']) {
        const deployment = await subscribed(ledger, 'many', slug, {
          plan_code: 'starter',
          addons: ['storage_50gb', 'storage_250gb'],
          starts_on: '2026-04-17',
        });
        await meter(ledger, 'many', deployment, '2026-04-18', [
          { resource_id: slug, resource_kind: 'droplet_hours', qty: `${slug.charCodeAt(0)}1` },
        ]);
      }
      await settle('many');
      const [explanation] = await allIssues(ledger, 'many');
      expect(explanation.lines).to.have.length(13);
      for (const { kind, usage_events } of explanation.lines)
        if (kind === 'overage') expect(usage_events.count).to.equal(1);
    });
  });
});

describe('an explanation of tampered data', () => {
  let ledger: TestLedger;
  let site: string;
  const explain = (query = '') => explanationOf(ledger, id('acme'), { query });
  before(async () => {
    ledger = await seededLedger();
    site = await subscribed(ledger, 'acme', 'site', { addons: ['storage_50gb'] });
    await meterMonth(ledger, 'acme', site, '2026-04-01', [
      ...droplet,
      { resource_id: 'zone', resource_kind: 'dns_zones', qty: '0.5' },
    ]);
    await charge(ledger, 'acme', site, 'one', '12.5', '2026-04-02T10:00:00.000Z');
    await ledger.settled();
    await rollup(ledger);
    expect(await explain()).to.include({ matches: true });
  });
  after(() => ledger.close());

  /** Changes rows, runs `look` on the explanation, and restores the rows. */
  async function tampered(
    { ref }: { ref: string },
    change: (ref: string) => Promise<unknown>,
    look: (explanation: Json) => void | Promise<void>,
  ): Promise<void> {
    const { sql } = ledger;
    await sql`create table kept as select * from ${sql(ref)}`;
    await change(ref);
    try {
      await look(await explain());
    } finally {
      await sql`delete from ${sql(ref)}`;
      await sql`insert into ${sql(ref)} select * from kept`;
      await sql`drop table kept`;
    }
    expect(await explain(), 'put back').to.include({ matches: true });
  }

  it('shows a line that differs from the one derived from its inputs', async () => {
    await tampered(
      tenantInvoiceLines,
      (ref) => ledger.sql`update ${ledger.sql(ref)} set amount_cents = 4999 where kind = 'plan_base'`,
      (explanation) => {
        expect(explanation.matches).to.equal(false);
        expect(explanation.lines[0]).to.include({
          amount_cents: 4999,
          recomputed_cents: 5000,
          matches: false,
        });
        expect(explanation.lines.slice(1).map(({ matches }: Json) => matches)).to.not.include(false);
        expect(explanation.recomputed.total_cents).to.equal(explanation.total_cents);
      },
    );
    await tampered(
      tenantInvoiceLines,
      (ref) => ledger.sql`update ${ledger.sql(ref)} set description = 'Something else' where kind = 'addon'`,
      (explanation) => {
        expect(explanation.matches).to.equal(false);
        expect(explanation.lines[1]).to.include({ recomputed_cents: 750, matches: false });
      },
    );
  });

  it('shows a line that follows from no inputs, and a missing line', async () => {
    await tampered(
      tenantInvoiceLines,
      (ref) =>
        ledger.sql`update ${ledger.sql(ref)} set resource_kind = 'bandwidth_gb' where kind = 'overage'`,
      async (explanation) => {
        expect(explanation.matches).to.equal(false);
        const { line_no } = explanation.lines.find((line: Json) => line.resource_kind === 'bandwidth_gb');
        const {
          lines: [line],
        } = await explain(`?line=${line_no}`);
        expect(line).to.deep.include({
          recomputed_cents: null,
          matches: false,
          steps: [],
          usage_events: null,
        });
        expect(
          explanation.missing_lines.map(({ kind, resource_kind }: Json) => [kind, resource_kind]),
        ).to.deep.equal([['overage', 'dns_zones']]);
      },
    );
    await tampered(
      tenantInvoiceLines,
      (ref) => ledger.sql`delete from ${ledger.sql(ref)}`,
      (explanation) => {
        expect(explanation).to.deep.include({ matches: false, lines: [] });
        expect(explanation.missing_lines).to.have.length(5);
      },
    );
  });

  it('shows totals that differ from the sum of the lines', async () => {
    for (const table of [tenantInvoices, invoiceIssues]) {
      await tampered(
        table,
        (ref) => ledger.sql`update ${ledger.sql(ref)} set total_cents = total_cents + 1`,
        (explanation) => {
          expect(explanation.matches, table.name).to.equal(false);
          expect(explanation.total_cents - explanation.recomputed.total_cents).to.equal(
            table === tenantInvoices ? 1 : 0,
          );
        },
      );
    }
  });

  it('shows usage, charges, terms and prices that were changed', async () => {
    const { sql } = ledger;
    await tampered(
      usageRecords,
      (ref) => sql`update ${sql(ref)} set qty = 1 where day = '2026-04-07' and resource_kind = 'dns_zones'`,
      (explanation) => {
        expect(explanation.matches).to.equal(false);
        expect(explanation.lines.find((line: Json) => line.resource_kind === 'dns_zones')).to.include({
          amount_cents: 250,
          recomputed_cents: 275,
          matches: false,
        });
      },
    );
    for (const [table, change] of [
      [llmUsage, (ref: string) => sql`update ${sql(ref)} set charge_cents = 13.5`],
      [
        planVersions,
        (ref: string) => sql`update ${sql(ref)} set base_price_cents = 5001 where plan_code = 'studio'`,
      ],
      [
        planVersions,
        (ref: string) => sql`update ${sql(ref)} set currency = 'USD' where plan_code = 'studio'`,
      ],
      [
        subscriptionFacts,
        (ref: string) =>
          sql`update ${sql(ref)} set effective_on = '2026-04-02' where fact = 'SubscriptionStarted'`,
      ],
      [subscriptionFacts, (ref: string) => sql`delete from ${sql(ref)}`],
    ] as const) {
      await tampered(table, change, (explanation) => {
        expect(explanation.matches, table.name).to.equal(false);
      });
    }
  });

  it('matches again once the data is restored', async () => {
    expect(amounts(await invoiceOf(ledger, id('acme')))).to.deep.equal([
      ['plan_base', 5000],
      ['addon', 750],
      ['overage', 250],
      ['llm_usage', 13],
      ['tax', 601],
    ]);
  });
});

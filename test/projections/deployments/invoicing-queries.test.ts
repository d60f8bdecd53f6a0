import { expect } from 'chai';
import { resourcePricesAt } from '../../../projections/catalog/price-queries.ts';
import { planKey, planTermsFor } from '../../../projections/catalog/plan-queries.ts';
import { subscriptionHistories } from '../../../projections/deployments/invoicing-queries.ts';
import { commands } from '../../../src/processes/commands.ts';
import { billLines } from '../../support/pricing/bill-lines.ts';
import { termsOnDay } from '../../support/pricing/terms-on-day.ts';
import { deploymentInputs } from '../../support/pricing/inputs.ts';
import { seedCatalog } from '../../../src/processes/seed/seed-catalog.ts';
import { ok } from '../../support/http/api.ts';
import { startTestLedger, type TestLedger } from '../../support/ledger/test-ledger.ts';

describe('subscriptions for invoicing', () => {
  let test: TestLedger;
  const deploy = async (tenant_id: string, slug: string, state: 'active' | 'trial' = 'active') => {
    const { result } = await test.ledger.execute(
      commands.createDeployment,
      {
        tenant_id,
        slug,
        display_name: slug,
        region: null,
        state,
        llm_mode: 'none',
        template_code: null,
        template_version: null,
        trial_ends_at: null,
      },
      test.meta(),
    );
    return result.deployment?.id ?? '';
  };
  const subscribe = (deployment_id: string, starts_on: string, addons: string[] = []) =>
    test.ledger.execute(
      commands.startSubscription,
      { deployment_id, plan_code: 'studio', addons, starts_on },
      test.meta(),
    );
  const histories = (query: { period: string; atPosition?: number; tenantId?: string }) =>
    test.ledger.readLatest((db) => subscriptionHistories(db, query));

  before(async () => {
    test = await startTestLedger({ now: '2026-05-03T08:00:00.000Z' });
    await seedCatalog(test.ledger, () => test.meta());
  });
  after(() => test.close());

  it('bills the golden month of April to the cent from the facts', async () => {
    const id = await deploy('pilot', 'site');
    await subscribe(id, '2026-04-01', ['storage_50gb']);
    const [history] = await histories({ period: '2026-04-01', tenantId: 'pilot' });
    expect(history).to.include({ deployment_id: id, tenant_id: 'pilot' });
    const invoice = billLines({
      tenant_id: 'pilot',
      period: '2026-04-01',
      currency: 'AUD',
      tax: { name: 'GST', rate: '0.10' },
      resource_prices: [],
      deployments: [
        deploymentInputs({
          deployment_id: id,
          facts: history?.facts ?? [],
          usage: { droplet_hours: '2160' },
        }),
      ],
    });
    expect(invoice).to.include({ subtotal_cents: 6422, tax_cents: 642, total_cents: 7064 });
    expect(invoice?.lines.map((line) => line.amount_cents)).to.deep.equal([5000, 750, 672, 642]);
  });

  it('follows each change to its day, with the event that made it', async () => {
    const id = await deploy('changer', 'site');
    await subscribe(id, '2026-05-03');
    const change = async (now: string, step: () => Promise<unknown>) => {
      test.clock.set(now);
      await step();
    };
    await change('2026-05-05T00:00:00.000Z', () =>
      test.ledger.execute(
        commands.attachAddon,
        { deployment_id: id, code: 'storage_50gb', packs: 2 },
        test.meta(),
      ),
    );
    await change('2026-05-07T00:00:00.000Z', () =>
      test.ledger.execute(commands.changePlanVersion, { deployment_id: id, plan_code: 'pro' }, test.meta()),
    );
    await change('2026-05-09T00:00:00.000Z', () =>
      test.ledger.execute(commands.detachAddon, { deployment_id: id, code: 'storage_50gb' }, test.meta()),
    );
    const go = (to: 'paused' | 'active' | 'cancelled') =>
      test.ledger.execute(
        commands.transitionDeployment,
        { deployment_id: id, to, reason: null },
        test.meta(),
      );
    await change('2026-05-11T00:00:00.000Z', () => go('paused'));
    await change('2026-05-13T00:00:00.000Z', () => go('active'));
    await change('2026-05-15T00:00:00.000Z', () => go('cancelled'));
    const [history] = await histories({ period: '2026-05-01', tenantId: 'changer' });
    const facts = history?.facts ?? [];
    const seen = ['03', '04', '05', '06', '07', '09', '11', '12', '13', '15'].map((day) => {
      const terms = termsOnDay(facts, `2026-05-${day}`);
      return terms === null
        ? `${day} –`
        : `${day} ${terms.plan.plan_code} ${terms.addons.map(({ addon }) => addon.packs).join()}`.trim();
    });
    expect(seen).to.deep.equal([
      '03 studio',
      '04 studio',
      '05 studio 2',
      '06 studio 2',
      '07 pro 2',
      '09 pro',
      '11 –',
      '12 –',
      '13 pro',
      '15 –',
    ]);
    const eventIds = (await test.ledger.events(`deployment-${id}`)).map((event) => event.id);
    expect(facts.map((fact) => fact.event_id)).to.deep.equal(eventIds);
  });

  it("knows only what was recorded by a position, and what is effective by the period's end", async () => {
    const early = await deploy('timely', 'early');
    await subscribe(early, '2026-04-20');
    const position = await test.eventCount();
    const late = await deploy('timely', 'late');
    await subscribe(late, '2026-04-25');
    const next = await deploy('timely', 'next');
    await subscribe(next, '2026-06-10');
    const ids = async (query: { period: string; atPosition?: number }) =>
      (await histories({ ...query, tenantId: 'timely' })).map(({ deployment_id }) => deployment_id);
    expect(await ids({ period: '2026-03-15' })).to.deep.equal([]);
    expect(await ids({ period: '2026-04-01', atPosition: position })).to.deep.equal([early]);
    expect(await ids({ period: '2026-04-01' })).to.have.members([early, late]);
    expect(await ids({ period: '2026-06-30' })).to.have.members([early, late, next]);
    const all = await histories({ period: '2026-06-01' });
    expect(all.map(({ deployment_id }) => deployment_id)).to.deep.equal(
      [...all.map(({ deployment_id }) => deployment_id)].sort(),
    );
  });

  it("bills a start inside the month as the quote's first invoice has it", async () => {
    for (const day of ['2026-04-02', '2026-04-17', '2026-04-30']) {
      const id = await deploy(`starter-on-${day}`, 'site');
      await subscribe(id, day, ['storage_50gb', 'storage_50gb', 'llm_1m_tokens']);
      const facts = (await histories({ period: day, tenantId: `starter-on-${day}` }))[0]?.facts ?? [];
      const invoice = billLines({
        tenant_id: 'x',
        period: '2026-04-01',
        currency: 'AUD',
        tax: { name: 'GST', rate: '0' },
        resource_prices: [],
        deployments: [deploymentInputs({ deployment_id: id, facts })],
      });
      const { data } = await ok(
        test.api.post('quote', {
          plan_code: 'studio',
          addons: ['storage_50gb', 'storage_50gb', 'llm_1m_tokens'],
          starts_on: day,
        }),
      );
      expect(invoice?.subtotal_cents).to.equal(data.first_invoice.total_cents);
      const shown = (lines: readonly { description: string; amount_cents: number }[]) =>
        lines.map((line) => [line.description, line.amount_cents]);
      expect(shown(invoice?.lines ?? [])).to.have.deep.members(shown(data.first_invoice.lines));
    }
  });

  it('does not bill a trial for days before it was entered here', async () => {
    const id = await deploy('trier', 'site', 'trial');
    await subscribe(id, '2026-04-01');
    test.clock.set('2026-05-20T00:00:00.000Z');
    await test.ledger.execute(
      commands.transitionDeployment,
      { deployment_id: id, to: 'active', reason: null },
      test.meta(),
    );
    const april = (await histories({ period: '2026-04-01', tenantId: 'trier' }))[0]?.facts ?? [];
    expect(termsOnDay(april, '2026-04-30')).to.equal(null);
    const may = (await histories({ period: '2026-05-01', tenantId: 'trier' }))[0]?.facts ?? [];
    expect(termsOnDay(may, '2026-05-19')).to.equal(null);
    expect(termsOnDay(may, '2026-05-20')?.plan.plan_code).to.equal('studio');
  });

  it('has the terms of any version, and the prices known at a position', async () => {
    const terms = await test.ledger.readLatest((db) =>
      planTermsFor(db, [
        { plan_code: 'studio', plan_version: 1 },
        { plan_code: 'studio', plan_version: 9 },
      ]),
    );
    expect([...terms.keys()]).to.deep.equal([planKey('studio', 1)]);
    expect(terms.get(planKey('studio', 1))).to.include({
      plan_code: 'studio',
      plan_version: 1,
      name: 'Studio',
      base_price_cents: 5000,
    });
    const set = (price_cents: number, effective_from: string) =>
      test.ledger.execute(
        commands.setResourcePrice,
        { resource_kind: 'backup_gb_month', unit: 'gb', price_cents, effective_from },
        test.meta(),
      );
    await set(5, '2026-05-01');
    const position = await test.eventCount();
    await set(6, '2026-05-01');
    await set(7, '2026-06-01');
    const cents = (query: { onDay: string; atPosition?: number }) =>
      test.ledger.readLatest(async (db) =>
        (await resourcePricesAt(db, query)).map((price) => price.price_cents),
      );
    expect(await cents({ onDay: '2026-05-31' })).to.deep.equal([5, 6]);
    expect(await cents({ onDay: '2026-05-31', atPosition: position })).to.deep.equal([5]);
    expect(await cents({ onDay: '2026-06-30' })).to.deep.equal([5, 6, 7]);
    expect(await cents({ onDay: '2026-04-30' })).to.deep.equal([]);
  });
});

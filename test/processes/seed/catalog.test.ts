import { expect } from 'chai';
import { planStream } from '../../../commands/catalog/plan.ts';
import { commands } from '../../../src/processes/commands.ts';
import { seedCatalog } from '../../../src/processes/seed/seed-catalog.ts';
import { startTestLedger, type TestLedger } from '../../support/ledger/test-ledger.ts';

describe('seeding the catalog', () => {
  let test: TestLedger;
  const seed = () => seedCatalog(test.ledger, () => test.meta());
  const types = async (code: string) =>
    (await test.ledger.events(planStream(code))).map((event) => event.type);
  beforeEach(async () => {
    test = await startTestLedger();
  });
  afterEach(() => test.close());

  it('adds three plans and three addons to an empty ledger, and nothing the second time', async () => {
    expect(await seed()).to.equal(12);
    expect(await seed()).to.equal(0);
    expect(await test.eventCount()).to.equal(12);
    for (const code of ['starter', 'studio', 'pro'])
      expect(await types(code)).to.deep.equal(['PlanCreated', 'PlanVersionDrafted', 'PlanVersionPublished']);
  });

  it('leaves a ledger alone that began otherwise', async () => {
    await test.ledger.execute(commands.createPlan, { code: 'own', name: 'Own' }, test.meta());
    expect(await seed()).to.equal(0);
    expect(await test.eventCount()).to.equal(1);
  });

  it('completes a seeding that was cut off, and leaves what an admin has changed', async () => {
    await test.ledger.execute(commands.createPlan, { code: 'starter', name: 'Starter' }, test.meta());
    await test.ledger.execute(
      commands.draftPlanVersion,
      { plan_code: 'starter', version: 1, base_price_cents: 2000, items: [] },
      test.meta(),
    );
    expect(await seed()).to.equal(10);
    await test.ledger.execute(
      commands.draftPlanVersion,
      { plan_code: 'studio', base_price_cents: 1, items: [] },
      test.meta(),
    );
    await test.ledger.execute(
      commands.defineAddon,
      { code: 'storage_50gb', name: 'Other', resource_kind: 'spaces_gb_month', qty: '1', price_cents: 1 },
      test.meta(),
    );
    expect(await seed()).to.equal(0);
  });

  it('is done once when two nodes start at the same moment', async () => {
    await Promise.all([seed(), seed(), seed()]);
    expect(await test.eventCount()).to.equal(12);
    expect(await types('pro')).to.deep.equal(['PlanCreated', 'PlanVersionDrafted', 'PlanVersionPublished']);
  });
});

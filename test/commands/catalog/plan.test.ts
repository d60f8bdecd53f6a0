import { expect } from 'chai';
import { createPlan } from '../../../commands/catalog/create-plan.ts';
import { draftPlanVersion } from '../../../commands/catalog/draft-plan-version.ts';
import { publishPlanVersion } from '../../../commands/catalog/publish-plan-version.ts';
import type { PlanEvent, PlanItem } from '../../../src/events/catalog.ts';
import { execution, given } from '../../support/commands/command-spec.ts';

const item: PlanItem = {
  resource_kind: 'dns_zones',
  included_qty: '3',
  overage_unit: 'zone',
  overage_price_cents: 50,
  hard_cap_qty: null,
};
const created: PlanEvent = { type: 'PlanCreated', data: { plan_code: 'studio', name: 'Studio' } };
const drafted = (version: number, base_price_cents = 5000): PlanEvent => ({
  type: 'PlanVersionDrafted',
  data: { plan_code: 'studio', version, base_price_cents, currency: 'AUD', items: [item] },
});
const published = (version: number, retires: number | null): PlanEvent => ({
  type: 'PlanVersionPublished',
  data: { plan_code: 'studio', version, retires },
});

const draft = { plan_code: 'studio', base_price_cents: 5000, items: [item] };

describe('create plan', () => {
  it('takes a code once', () => {
    given(createPlan).when({ code: 'studio', name: 'Studio' }, undefined).then([created]);
    given(createPlan, [created]).when({ code: 'studio', name: 'Other' }, undefined).refused('already-exists');
  });
});

describe('draft plan version', () => {
  it("numbers versions from 1, in the ledger's currency", () => {
    const version = given(draftPlanVersion, [created])
      .when(draft, undefined)
      .then([drafted(1)]);
    expect(version).to.include({ version: 1, status: 'draft' });
    given(draftPlanVersion, [created, drafted(1), published(1, null)])
      .when(draft, undefined)
      .then([drafted(2)]);
  });

  it('writes quantities in one spelling, and knows equal terms by it', () => {
    const spelled = { ...draft, items: [{ ...item, included_qty: '3.00', hard_cap_qty: '010' }] };
    given(draftPlanVersion, [created])
      .when(spelled, undefined)
      .then([
        {
          type: 'PlanVersionDrafted',
          data: {
            plan_code: 'studio',
            version: 1,
            base_price_cents: 5000,
            currency: 'AUD',
            items: [{ ...item, hard_cap_qty: '10' }],
          },
        },
      ]);
    given(draftPlanVersion, [created, drafted(1)])
      .when({ ...draft, items: [{ ...item, included_qty: '3.0' }] }, undefined)
      .then([]);
  });

  it('drafts anew what differs from the latest draft', () => {
    given(draftPlanVersion, [created, drafted(1)])
      .when({ ...draft, base_price_cents: 5001 }, undefined)
      .then([drafted(2, 5001)]);
  });

  it('refuses another currency, an unknown unit, a kind twice, an unknown plan and a taken number', () => {
    const plan = given(draftPlanVersion, [created, drafted(1, 1), published(1, null)]);
    plan.when({ ...draft, currency: 'USD' }, undefined).refused('currency-mismatch');
    plan.when({ ...draft, currency: 'USD' }, undefined, execution({ currency: 'USD' })).then([
      {
        type: 'PlanVersionDrafted',
        data: { plan_code: 'studio', version: 2, base_price_cents: 5000, currency: 'USD', items: [item] },
      },
    ]);
    const units = plan
      .when({ ...draft, items: [{ ...item, overage_unit: 'toString' }] }, undefined)
      .refused('invalid-input');
    expect(units.errors?.map(({ path }) => path)).to.deep.equal(['items.0.overage_unit']);
    const twice = plan.when({ ...draft, items: [item, item] }, undefined).refused('invalid-input');
    expect(twice.errors?.map(({ path }) => path)).to.deep.equal(['items.1.resource_kind']);
    given(draftPlanVersion).when(draft, undefined).refused('not-found');
    plan.when({ ...draft, version: 1 }, undefined).refused('conflict');
  });
});

describe('publish plan version', () => {
  const publish = (version: number) => ({ plan_code: 'studio', version });

  it('retires the active version in the same append', () => {
    given(publishPlanVersion, [created, drafted(1)])
      .when(publish(1), undefined)
      .then([published(1, null)]);
    const version = given(publishPlanVersion, [created, drafted(1), published(1, null), drafted(2)])
      .when(publish(2), undefined)
      .then([published(2, 1)]);
    expect(version).to.include({ version: 2, status: 'active' });
  });

  it('adds nothing for the active one', () => {
    given(publishPlanVersion, [created, drafted(1), published(1, null)])
      .when(publish(1), undefined)
      .then([]);
  });

  it('refuses a retired one, an unknown one, and one in a currency that the ledger no longer bills in', () => {
    const events = [created, drafted(1), published(1, null), drafted(2), published(2, 1), drafted(3)];
    given(publishPlanVersion, events).when(publish(1), undefined).refused('conflict');
    given(publishPlanVersion, events).when(publish(4), undefined).refused('not-found');
    given(publishPlanVersion).when(publish(1), undefined).refused('not-found');
    given(publishPlanVersion, events)
      .when(publish(3), undefined, execution({ currency: 'USD' }))
      .refused('currency-mismatch');
  });
});

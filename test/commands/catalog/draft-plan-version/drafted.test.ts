import { expect } from 'chai';
import { draftPlanVersion } from '../../../../commands/catalog/draft-plan-version.ts';
import { execution, given } from '../../../support/commands/command-spec.ts';
import { item, created, drafted, published, draft } from '../../../support/commands/plan-events.ts';

describe('draft-plan-version', () => {
  it('numbers versions from 1, in the currency of the ledger', () => {
    const version = given(draftPlanVersion, [created])
      .when(draft, undefined)
      .then([drafted(1)]);
    expect(version).to.include({ version: 1, status: 'draft' });
    given(draftPlanVersion, [created, drafted(1), published(1, null)])
      .when(draft, undefined)
      .then([drafted(2)]);
  });

  it('writes quantities in one spelling', () => {
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
  });

  it('drafts another version for terms that differ from the latest draft', () => {
    given(draftPlanVersion, [created, drafted(1)])
      .when({ ...draft, base_price_cents: 5001 }, undefined)
      .then([drafted(2, 5001)]);
  });

  it('drafts in the currency that the ledger bills in', () => {
    const plan = given(draftPlanVersion, [created, drafted(1, 1), published(1, null)]);
    plan.when({ ...draft, currency: 'USD' }, undefined, execution({ currency: 'USD' })).then([
      {
        type: 'PlanVersionDrafted',
        data: { plan_code: 'studio', version: 2, base_price_cents: 5000, currency: 'USD', items: [item] },
      },
    ]);
  });
});

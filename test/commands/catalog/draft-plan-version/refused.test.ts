import { expect } from 'chai';
import { draftPlanVersion } from '../../../../commands/catalog/draft-plan-version.ts';
import { given } from '../../../support/commands/command-spec.ts';
import { item, created, drafted, published, draft } from '../../../support/commands/plan-events.ts';

describe('draft-plan-version', () => {
  it("refuses another currency than the ledger's", () => {
    const plan = given(draftPlanVersion, [created, drafted(1, 1), published(1, null)]);
    plan.when({ ...draft, currency: 'USD' }, undefined).refused('currency-mismatch');
  });

  it('refuses an unknown unit, and names its place', () => {
    const plan = given(draftPlanVersion, [created, drafted(1, 1), published(1, null)]);
    const units = plan
      .when({ ...draft, items: [{ ...item, overage_unit: 'toString' }] }, undefined)
      .refused('invalid-input');
    expect(units.errors?.map(({ path }) => path)).to.deep.equal(['items.0.overage_unit']);
  });

  it('refuses a resource kind that comes twice, and names its place', () => {
    const plan = given(draftPlanVersion, [created, drafted(1, 1), published(1, null)]);
    const twice = plan.when({ ...draft, items: [item, item] }, undefined).refused('invalid-input');
    expect(twice.errors?.map(({ path }) => path)).to.deep.equal(['items.1.resource_kind']);
  });

  it('refuses a plan that does not exist', () => {
    given(draftPlanVersion).when(draft, undefined).refused('not-found');
  });

  it('refuses a version number that is taken', () => {
    const plan = given(draftPlanVersion, [created, drafted(1, 1), published(1, null)]);
    plan.when({ ...draft, version: 1 }, undefined).refused('conflict');
  });
});

import { draftPlanVersion } from '../../../../commands/catalog/draft-plan-version.ts';
import { given } from '../../../support/commands/command-spec.ts';
import { item, created, drafted, draft } from '../../../support/commands/plan-events.ts';

describe('draft-plan-version', () => {
  it('adds nothing for the terms of the latest draft, in any spelling of a quantity', () => {
    given(draftPlanVersion, [created, drafted(1)])
      .when({ ...draft, items: [{ ...item, included_qty: '3.0' }] }, undefined)
      .then([]);
  });
});

import { setCostSharing } from '../../../../commands/costs/set-cost-sharing.ts';
import { given } from '../../../support/commands/command-spec.ts';

const rule = {
  rule: 'even' as const,
  kinds: ['other', 'tax'],
  tax_is_cost: true,
  effective_from: '2026-05-01',
};

describe('set-cost-sharing', () => {
  it('adds nothing for the same rule of that day, in whatever order its kinds are', () => {
    given(setCostSharing, [{ type: 'CostSharingSet', data: rule }])
      .when({ ...rule, kinds: ['tax', 'other', 'other'] }, undefined)
      .then([]);
  });
});

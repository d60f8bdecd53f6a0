import { setCostSharing } from '../../../../commands/costs/set-cost-sharing.ts';
import { given } from '../../../support/commands/command-spec.ts';

const rule = { rule: 'even' as const, kinds: ['other'], tax_is_cost: false, effective_from: '2026-05-01' };
const set = { type: 'CostSharingSet' as const, data: rule };

describe('set-cost-sharing', () => {
  it('sets a rule, and replaces it by another one of that day', () => {
    given(setCostSharing).when(rule, undefined).then([set]);
    const other = { ...rule, rule: 'by_cost' as const, kinds: null };
    given(setCostSharing, [set])
      .when(other, undefined)
      .then([{ type: 'CostSharingSet', data: other }]);
  });

  it('has each kind once, in order', () => {
    given(setCostSharing)
      .when({ ...rule, kinds: ['tax', 'other', 'tax'] }, undefined)
      .then([{ type: 'CostSharingSet', data: { ...rule, kinds: ['other', 'tax'] } }]);
  });
});

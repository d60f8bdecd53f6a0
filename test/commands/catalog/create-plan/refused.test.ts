import { createPlan } from '../../../../commands/catalog/create-plan.ts';
import { given } from '../../../support/commands/command-spec.ts';
import { created } from '../../../support/commands/plan-events.ts';

describe('create-plan', () => {
  it('refuses a code that is taken', () => {
    given(createPlan, [created]).when({ code: 'studio', name: 'Other' }, undefined).refused('already-exists');
  });
});

import { createPlan } from '../../../../commands/catalog/create-plan.ts';
import { given } from '../../../support/commands/command-spec.ts';
import { created } from '../../../support/commands/plan-events.ts';

describe('create-plan', () => {
  it('creates a plan under its code', () => {
    given(createPlan).when({ code: 'studio', name: 'Studio' }, undefined).then([created]);
  });
});

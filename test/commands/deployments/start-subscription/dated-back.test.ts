import { expect } from 'chai';
import { startSubscription } from '../../../../commands/deployments/start-subscription.ts';
import { given } from '../../../support/commands/command-spec.ts';
import { acme, created, onOffer, started } from '../../../support/commands/deployment-events.ts';
import { bounds, later } from '../../../support/commands/dated-back.ts';
import { startInput } from '../../../support/commands/subscription-inputs.ts';

const context = { ...onOffer, first_day: bounds.first_day };
const when = (days: { effective_on: string; starts_on?: string }, at = later) =>
  given(startSubscription, [created()]).when({ ...startInput, ...days }, context, at);

describe('start-subscription with effective_on', () => {
  it('starts on that day', () => {
    when({ effective_on: '2026-05-10' }).then([started('2026-05-10')]);
    when({ effective_on: '2026-05-10', starts_on: '2026-05-10' }).then([started('2026-05-10')]);
  });

  it('refuses another day than starts_on', () => {
    const refusal = when({ effective_on: '2026-05-10', starts_on: '2026-05-11' }).refused('invalid-input');
    expect(refusal.errors?.[0]?.path).to.equal('effective_on');
  });

  it('has the bounds of any change that is dated back', () => {
    for (const effective_on of ['2026-04-30', '2026-05-21'])
      expect(when({ effective_on }).refused('invalid-input').errors?.[0]?.path).to.equal('effective_on');
    when({ effective_on: '2026-05-19' }, { ...later, actor: acme.actor }).refused('forbidden');
  });
});

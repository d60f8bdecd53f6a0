import { expect } from 'chai';
import { meterDeploymentDay } from '../../../../commands/usage/meter-deployment-day.ts';
import { given } from '../../../support/commands/command-spec.ts';
import { usageRecord, meterInput, usageSet } from '../../../support/commands/metered-day.ts';

describe('meter-deployment-day', () => {
  it('records the first set', () => {
    const [a, b] = [usageRecord('a'), usageRecord('b')];
    expect(
      given(meterDeploymentDay)
        .when(meterInput([b, a]), undefined)
        .then([usageSet(1, [a, b])]),
    ).to.deep.equal({ complete: true });
  });

  it('replaces a set by one with the next number, also by an earlier content', () => {
    const [a, b] = [[usageRecord('a')], [usageRecord('a', { qty: '0' })]];
    given(meterDeploymentDay, [usageSet(1, a)])
      .when(meterInput(b), undefined)
      .then([usageSet(2, b)]);
    given(meterDeploymentDay, [usageSet(1, a), usageSet(2, b)])
      .when(meterInput(a), undefined)
      .then([usageSet(3, a)]);
  });

  it('clears a day that has usage', () => {
    given(meterDeploymentDay, [usageSet(1, [usageRecord('a')])])
      .when(meterInput([]), undefined)
      .then([usageSet(2, [])]);
  });

  it('records a set after the day was cleared', () => {
    given(meterDeploymentDay, [usageSet(1, [usageRecord('a')]), usageSet(2, [])])
      .when(meterInput([usageRecord('a')]), undefined)
      .then([usageSet(3, [usageRecord('a')])]);
  });

  it('orders hours by number', () => {
    const hourly = Array.from({ length: 24 }, (_, hour) =>
      usageRecord('a', { granularity: 'hour', hour, qty: '1' }),
    );
    given(meterDeploymentDay)
      .when(meterInput([...hourly].reverse()), undefined)
      .then([usageSet(1, hourly)]);
  });
});

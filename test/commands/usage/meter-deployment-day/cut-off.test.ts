import { expect } from 'chai';
import { meterDeploymentDay } from '../../../../commands/usage/meter-deployment-day.ts';
import type { MeteringEvent } from '../../../../src/events/usage.ts';
import { given } from '../../../support/commands/command-spec.ts';
import {
  usageRecord,
  usageRecords,
  meterInput,
  usageSet,
  appendsOf,
  partNumbers,
} from '../../../support/commands/metered-day.ts';

describe('meter-deployment-day', () => {
  it('continues a set that was cut off', () => {
    const all = appendsOf([], usageRecords(1_200)).flat();
    expect(partNumbers(appendsOf(all.slice(0, 1), usageRecords(1_200)).flat())).to.deep.equal([
      [1, 2, 3, 500],
      [1, 3, 3, 200],
    ]);
  });

  it('replaces a set of other content that was cut off', () => {
    const all = appendsOf([], usageRecords(1_200)).flat();
    expect(partNumbers(appendsOf(all.slice(0, 2), usageRecords(600)).flat())).to.deep.equal([
      [2, 1, 2, 500],
      [2, 2, 2, 100],
    ]);
  });

  it('replaces a set that was cut off under other part sizes', () => {
    const [first] = appendsOf([], usageRecords(1_200)).flat();
    const smaller = { ...first, data: { ...first?.data, observations: usageRecords(400) } } as MeteringEvent;
    expect(partNumbers(appendsOf([smaller], usageRecords(1_200)).flat())).to.deep.equal([
      [2, 1, 3, 500],
      [2, 2, 3, 500],
      [2, 3, 3, 200],
    ]);
  });

  it('keeps a complete set in force while a later one is cut off', () => {
    const [begun] = appendsOf([], usageRecords(600)).flat();
    const cutOff = { ...begun, data: { ...begun?.data, set_no: 2 } } as MeteringEvent;
    given(meterDeploymentDay, [usageSet(1, [usageRecord('a')]), cutOff])
      .when(meterInput([usageRecord('a')]), undefined)
      .then([]);
    expect(
      partNumbers(appendsOf([usageSet(1, [usageRecord('a')]), cutOff], [usageRecord('b')]).flat()),
    ).to.deep.equal([[3, 1, 1, 1]]);
    expect(partNumbers(appendsOf([cutOff], []).flat())).to.deep.equal([]);
  });
});

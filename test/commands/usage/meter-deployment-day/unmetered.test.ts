import { expect } from 'chai';
import { meterDeploymentDay, setHashOf } from '../../../../commands/usage/meter-deployment-day.ts';
import type { MeteringEvent, Observation, Unmetered } from '../../../../src/events/usage.ts';
import { given } from '../../../support/commands/command-spec.ts';
import { usageRecord, usageRecords, usageSet, appendsOf } from '../../../support/commands/metered-day.ts';

const without = (resource_id: string): Unmetered => ({
  resource_id,
  resource_kind: 'spaces_gb_month',
  reason: 'unknown-size',
});

const partly = (set_no: number, observations: Observation[], unmetered: Unmetered[]): MeteringEvent => {
  const [{ data }] = [usageSet(set_no, observations)];
  return {
    type: 'UsageMetered',
    data: { ...data, set_hash: setHashOf(observations, unmetered), unmetered },
  };
};

const input = (observations: Observation[], unmetered: Unmetered[]) => ({
  deployment_id: 'd',
  tenant_id: 't',
  day: '2026-04-30',
  observations,
  unmetered,
});

const many = Array.from({ length: 700 }, (_, n) => without(`r-${String(n).padStart(6, '0')}`));
const sizes = (events: readonly MeteringEvent[]) =>
  events.map(({ data: { set_no, part, parts, observations, unmetered = [] } }) => [
    set_no,
    part,
    parts,
    observations.length,
    unmetered.length,
  ]);

describe('meter-deployment-day, with resources that have no record', () => {
  it('records them with the set', () => {
    const [x, y, a] = [without('x'), without('y'), usageRecord('a')];
    expect(
      given(meterDeploymentDay)
        .when(input([a], [y, x]), undefined)
        .then([partly(1, [a], [x, y])]),
    ).to.deep.equal({ complete: true });
  });

  it('adds nothing for equal content in any order', () => {
    const [x, y, a] = [without('x'), without('y'), usageRecord('a')];
    given(meterDeploymentDay, [partly(1, [a], [x, y])])
      .when(input([a], [y, x]), undefined)
      .then([]);
  });

  it('replaces them with the next set, and the set with them', () => {
    const [x, size] = [without('x'), usageRecord('x', { resource_kind: 'spaces_gb_month', qty: '1' })];
    given(meterDeploymentDay, [partly(1, [], [x])])
      .when(input([size], []), undefined)
      .then([usageSet(2, [size])]);
    given(meterDeploymentDay, [usageSet(1, [size])])
      .when(input([], [x]), undefined)
      .then([partly(2, [], [x])]);
    given(meterDeploymentDay, [partly(1, [], [x])])
      .when(input([], []), undefined)
      .then([usageSet(2, [])]);
  });

  it('gives a set without them the hash that it always had', () => {
    expect(setHashOf([usageRecord('a')], [])).to.equal(setHashOf([usageRecord('a')]));
    expect(setHashOf([], [without('x')])).to.not.equal(setHashOf([]));
  });

  it('splits them into parts like records', () => {
    const all = appendsOf([], usageRecords(400), many).flat();
    expect(sizes(all)).to.deep.equal([
      [1, 1, 3, 400, 100],
      [1, 2, 3, 0, 500],
      [1, 3, 3, 0, 100],
    ]);
  });

  it('continues a set that was cut off among them', () => {
    const all = appendsOf([], usageRecords(400), many).flat();
    expect(sizes(appendsOf(all.slice(0, 2), usageRecords(400), many).flat())).to.deep.equal([
      [1, 3, 3, 0, 100],
    ]);
  });
});

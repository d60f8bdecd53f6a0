import { expect } from 'chai';
import { nearestNames } from '../../../src/journal/find/nearest-names.ts';

const names = [
  'PlanCreated',
  'PlanVersionDrafted',
  'PlanVersionPublished',
  'DeploymentCreated',
  'ResourceTied',
  'ResourceUntied',
];

describe('the nearest names', () => {
  it('are those a few letters away, nearest first', () => {
    expect(nearestNames(names, 'PlanCreatd')).to.deep.equal(['PlanCreated']);
    expect(nearestNames(names, 'PlanCraeted')).to.deep.equal(['PlanCreated']);
    expect(nearestNames(names, 'ResourceTide')).to.deep.equal(['ResourceTied', 'ResourceUntied']);
    expect(nearestNames(names, 'ResourceUntide')).to.deep.equal(['ResourceUntied', 'ResourceTied']);
  });

  it('are those that contain the text, in any case', () => {
    expect(nearestNames(names, 'created')).to.deep.equal(['PlanCreated', 'DeploymentCreated']);
    expect(nearestNames(names, 'PLANVERSIONDRAFTED')).to.deep.equal(['PlanVersionDrafted']);
  });

  it('are at most three, and empty when nothing is similar', () => {
    expect(nearestNames(names, 'Zebra')).to.deep.equal([]);
    expect(nearestNames(names, '')).to.deep.equal([]);
    expect(nearestNames(names, 'x'.repeat(1_000))).to.deep.equal([]);
    expect(nearestNames(names, 'e')).to.have.length(3);
  });
});

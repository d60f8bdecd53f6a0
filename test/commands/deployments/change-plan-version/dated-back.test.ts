import { expect } from 'chai';
import { changePlanVersion } from '../../../../commands/deployments/change-plan-version.ts';
import { given } from '../../../support/commands/command-spec.ts';
import {
  created,
  owner,
  started,
  studio,
  subscription_id,
  transitioned,
} from '../../../support/commands/deployment-events.ts';
import { bounds, later, on } from '../../../support/commands/dated-back.ts';
import { changeInput } from '../../../support/commands/subscription-inputs.ts';

const context = { plan: studio, bounds };
const back = (version: number, effective_on: string) => ({ ...changeInput, version, effective_on });
const changed = (from: number, to: number, effective_on: string) =>
  on(effective_on, {
    type: 'PlanVersionChanged',
    data: {
      ...{ ...owner, subscription_id, from_plan_code: 'studio', from_plan_version: from },
      ...{ plan_code: 'studio', plan_version: to, effective_on },
    },
  });
const held = [created(), started(), changed(2, 1, '2026-05-10')];

describe('change-plan-version with effective_on', () => {
  it('moves to the version from that day on', () => {
    given(changePlanVersion, [created(), started()])
      .when(back(1, '2026-05-10'), context, later)
      .then([changed(2, 1, '2026-05-10')]);
    given(changePlanVersion, held)
      .when(back(2, '2026-05-10'), context, later)
      .then([changed(1, 2, '2026-05-10')]);
  });

  it('adds nothing for the version that it has on that day', () => {
    for (const day of ['2026-05-10', '2026-05-12', '2026-05-20'])
      given(changePlanVersion, held).when(back(1, day), context, later).then([]);
  });

  it('refuses a day before a later change of the plan, which it names', () => {
    for (const version of [1, 2])
      expect(
        given(changePlanVersion, held).when(back(version, '2026-05-09'), context, later).refused('conflict')
          .extra,
      ).to.deep.equal({ later: { effective_on: '2026-05-10', plan_code: 'studio', plan_version: 1 } });
  });

  it('refuses a day before the subscription, and a deployment that was cancelled since', () => {
    expect(
      given(changePlanVersion, [created(), started('2026-05-15')])
        .when(back(1, '2026-05-14'), context, later)
        .refused('invalid-input').detail,
    ).to.contain('2026-05-15');
    given(changePlanVersion, [...held, on('2026-05-15', transitioned('active', 'cancelled'))])
      .when(back(2, '2026-05-12'), context, later)
      .refused('deployment-closed');
  });
});

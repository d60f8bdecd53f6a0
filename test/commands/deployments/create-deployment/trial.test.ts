import { expect } from 'chai';
import { createDeployment } from '../../../../commands/deployments/create-deployment.ts';
import { defaultLimits } from '../../../../src/ledger/command.ts';
import { given } from '../../../support/commands/command-spec.ts';
import { acme } from '../../../support/commands/deployment-events.ts';
import { createInput } from '../../../support/commands/deployment-inputs.ts';

const trial = (trial_ends_at: string | null) => ({ ...createInput, state: 'trial' as const, trial_ends_at });
const endOf = (input: ReturnType<typeof trial>, at = acme): string | null => {
  const { decision } = given(createDeployment).when(input, undefined, at);
  const [event] = Array.isArray(decision) ? decision : [];
  return event?.type === 'DeploymentCreated' ? event.data.trial_ends_at : 'refused';
};
const byAdmin = { ...acme, actor: { sub: 'a', tenant_id: null, roles: ['platform_admin'] } };

describe('create-deployment, in trial', () => {
  it('ends after the longest trial where a tenant does not say when', () => {
    expect(endOf(trial(null))).to.equal('2026-05-15T00:00:00.000Z');
    const limits = { ...defaultLimits, trialDays: 30 };
    expect(endOf(trial(null), { ...acme, limits })).to.equal('2026-05-31T00:00:00.000Z');
  });

  it('ends when a tenant says, up to the longest trial', () => {
    for (const end of ['2026-05-01T00:00:00.001Z', '2026-05-15T00:00:00.000Z'])
      expect(endOf(trial(end))).to.equal(end);
    const refusal = given(createDeployment)
      .when(trial('2026-05-15T00:00:00.001Z'), undefined, acme)
      .refused('invalid-input');
    expect(refusal.errors).to.deep.equal([
      { path: 'trial_ends_at', message: 'a trial lasts at most 14 days' },
    ]);
  });

  it('ends when an admin says, or not by itself', () => {
    expect(endOf(trial(null), byAdmin)).to.equal(null);
    expect(endOf(trial('2027-05-01T00:00:00.000Z'), byAdmin)).to.equal('2027-05-01T00:00:00.000Z');
  });

  it('does not end before it begins, also for an admin', () => {
    for (const at of [acme, byAdmin])
      given(createDeployment).when(trial('2026-05-01T00:00:00.000Z'), undefined, at).refused('invalid-input');
  });
});

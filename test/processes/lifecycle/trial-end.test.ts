import { expect } from 'chai';
import {
  decided,
  deploymentFact,
  onTime,
  overdueInvoice,
  tenantFact,
} from '../../support/processes/lifecycle-facts.ts';

const trial = (changes: Parameters<typeof deploymentFact>[0] = {}) =>
  deploymentFact({ state: 'trial', trial_ends_at: '2026-05-23T00:00:00.000Z', ...changes });

describe('the end of a trial', () => {
  it('activates a deployment with a subscription, of a tenant with a profile', () => {
    expect(decided(tenantFact([trial()]), onTime('2026-05-23'))).to.deep.equal([
      ['trial', 'active', 'trial-end', 'the trial ended on 2026-05-23', 'created', '2026-05-23'],
    ]);
  });

  it('suspends a deployment without a subscription, or of a tenant without a profile, and says which', () => {
    for (const [is_subscribed, has_profile, missing] of [
      [false, true, 'a subscription'],
      [true, false, 'a customer profile'],
      [false, false, 'a subscription and a customer profile'],
    ] as const)
      expect(
        decided(tenantFact([trial({ is_subscribed })], { has_profile }), onTime('2026-05-23')),
      ).to.deep.equal([
        [
          ...['trial', 'suspended', 'trial-end', `the trial ended on 2026-05-23 without ${missing}`],
          ...['created', '2026-05-23'],
        ],
      ]);
  });

  it('comes on the first day by whose morning it has ended', () => {
    const steps = (trial_ends_at: string, day: string) =>
      decided(tenantFact([trial({ trial_ends_at })]), onTime(day)).length;
    expect(steps('2026-05-23T04:10:00.000Z', '2026-05-23')).to.equal(1);
    expect(steps('2026-05-23T04:10:00.001Z', '2026-05-23')).to.equal(0);
    expect(steps('2026-05-23T04:10:00.001Z', '2026-05-24')).to.equal(1);
  });

  it('comes at any time of the present day, and in the morning of a day that is made up for', () => {
    const ended = tenantFact([trial({ trial_ends_at: '2026-05-23T15:00:00.000Z' })]);
    const now = '2026-05-23T15:00:00.000Z';
    expect(decided(ended, { day: '2026-05-23', now })).to.have.length(1);
    const later = '2026-05-26T09:00:00.000Z';
    expect(decided(ended, { day: '2026-05-23', now: later })).to.deep.equal([]);
    expect(decided(ended, { day: '2026-05-24', now: later })[0]?.at(-1)).to.equal('2026-05-24');
  });

  it('never comes to a trial without an end, nor to one whose billing actions are suspended', () => {
    const endless = trial({ trial_ends_at: null });
    const left = trial({ billing_action_suspended: true });
    expect(decided(tenantFact([endless, left]), onTime('2027-05-23'))).to.deep.equal([]);
  });

  it('counts from the first day that is not invoiced', () => {
    const invoiced = tenantFact([trial()], { last_invoiced_day: '2026-05-31' });
    const made = { day: '2026-05-23', now: '2026-06-02T09:00:00.000Z' };
    expect(decided(invoiced, made)[0]?.at(-1)).to.equal('2026-06-01');
  });

  it('is followed by dunning where an invoice is overdue', () => {
    const tenant = tenantFact([trial({ trial_ends_at: '2026-05-29T00:00:00.000Z' })], {
      overdue: [overdueInvoice()],
    });
    expect(decided(tenant, onTime('2026-05-29')).map(([from, to]) => [from, to])).to.deep.equal([
      ['trial', 'active'],
      ['active', 'past_due'],
    ]);
  });
});

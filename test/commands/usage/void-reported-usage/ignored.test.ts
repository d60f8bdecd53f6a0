import { expect } from 'chai';
import { voidReportedUsage } from '../../../../commands/usage/void-reported-usage.ts';
import { given } from '../../../support/commands/command-spec.ts';
import { usageReported, reportedUsageVoided } from '../../../support/commands/usage-events.ts';

describe('void-reported-usage', () => {
  it('keeps the first reason', () => {
    const named = { source: 'cdn', external_id: 'e' };
    expect(
      given(voidReportedUsage, [usageReported, reportedUsageVoided])
        .when({ ...named, reason: 'again' }, undefined)
        .then([])?.void_reason,
    ).to.equal('twice');
  });
});

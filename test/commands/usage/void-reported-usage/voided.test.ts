import { expect } from 'chai';
import { voidReportedUsage } from '../../../../commands/usage/void-reported-usage.ts';
import { given } from '../../../support/commands/command-spec.ts';
import { usageReport, usageReported, reportedUsageVoided } from '../../../support/commands/usage-events.ts';

describe('void-reported-usage', () => {
  it('takes a report back', () => {
    const named = { source: 'cdn', external_id: 'e' };
    expect(
      given(voidReportedUsage, [usageReported])
        .when({ ...named, reason: 'twice' }, undefined)
        .then([reportedUsageVoided]),
    ).to.deep.equal({ report: usageReport, void_reason: 'twice' });
  });
});

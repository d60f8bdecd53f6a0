import { expect } from 'chai';
import { recordReportedUsage } from '../../../../commands/usage/record-reported-usage.ts';
import { given } from '../../../support/commands/command-spec.ts';
import { usageReport, usageReported, reportedUsageVoided } from '../../../support/commands/usage-events.ts';

describe('record-reported-usage', () => {
  it('adds nothing for an equal report, and says that it is the same', () => {
    expect(
      given(recordReportedUsage, [usageReported])
        .when({ ...usageReport, qty: '1.500' }, undefined)
        .then([]),
    ).to.deep.equal({ same: true, voided: false });
  });

  it('adds nothing for another report under the same id, and says that it differs', () => {
    for (const change of [
      { qty: '1.500000000001' },
      { deployment_id: 'x' },
      { resource_kind: 'cdn_gb' },
      { day: '2026-04-02' },
    ]) {
      expect(
        given(recordReportedUsage, [usageReported])
          .when({ ...usageReport, ...change }, undefined)
          .then([]),
        JSON.stringify(change),
      ).to.deep.equal({ same: false, voided: false });
    }
  });

  it('adds nothing under the id of a voided report', () => {
    expect(
      given(recordReportedUsage, [usageReported, reportedUsageVoided]).when(usageReport, undefined).then([]),
    ).to.deep.equal({
      same: true,
      voided: true,
    });
  });
});

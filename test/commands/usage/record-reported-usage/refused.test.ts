import { recordReportedUsage } from '../../../../commands/usage/record-reported-usage.ts';
import { defaultLimits } from '../../../../src/ledger/command.ts';
import { meteredBillingKinds } from '../../../../src/pricing/metering.ts';
import { execution, given } from '../../../support/commands/command-spec.ts';
import { usageReport } from '../../../support/commands/usage-events.ts';

describe('record-reported-usage', () => {
  it('refuses a day in the future, and a day too long ago', () => {
    const at = execution({
      now: '2026-04-11T23:54:59.999Z',
      limits: { ...defaultLimits, maxAgeDays: 10, maxChargeCents: '1' },
    });
    const on = (day: string, now = at) =>
      given(recordReportedUsage).when({ ...usageReport, day }, undefined, now);
    on('2026-04-12').refused('in-the-future');
    on('2026-03-31').refused('too-old');
  });

  it('refuses a kind that the sweep meters', () => {
    for (const resource_kind of meteredBillingKinds()) {
      given(recordReportedUsage)
        .when({ ...usageReport, resource_kind }, undefined)
        .refused('metered-kind');
    }
  });
});

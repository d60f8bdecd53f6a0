import { expect } from 'chai';
import { defaultLimits } from '../../../../src/ledger/command.ts';
import { recordReportedUsage } from '../../../../commands/usage/record-reported-usage.ts';
import { execution, given } from '../../../support/commands/command-spec.ts';
import { usageReport, usageReported } from '../../../support/commands/usage-events.ts';

describe('record-reported-usage', () => {
  it('records the exact quantity in its canonical form', () => {
    expect(
      given(recordReportedUsage)
        .when({ ...usageReport, qty: '01.50' }, undefined)
        .then([usageReported]),
    ).to.deep.equal({ same: true, voided: false });
  });

  it('records a day at either bound', () => {
    const at = execution({
      now: '2026-04-11T23:54:59.999Z',
      limits: { ...defaultLimits, maxAgeDays: 10, maxChargeCents: '1' },
    });
    const on = (day: string, now = at) =>
      given(recordReportedUsage).when({ ...usageReport, day }, undefined, now);
    for (const day of ['2026-04-11', '2026-04-01']) expect(on(day).decision).to.have.length(1);
    expect(on('2026-04-12', execution({ now: '2026-04-11T23:55:00.000Z' })).decision).to.have.length(1);
  });

  it('keeps reports of two sources apart', () => {
    const streams = [
      ['a', 'bc'],
      ['ab', 'c'],
      ['a"', 'bc'],
    ].map(([source = '', external_id = '']) =>
      recordReportedUsage.stream({ ...usageReport, source, external_id }),
    );
    expect(new Set(streams)).to.have.length(3);
  });
});

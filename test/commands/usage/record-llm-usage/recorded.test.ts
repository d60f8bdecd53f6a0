import { expect } from 'chai';
import { defaultLimits } from '../../../../src/ledger/command.ts';
import { recordLlmUsage } from '../../../../commands/usage/record-llm-usage.ts';
import { execution, given } from '../../../support/commands/command-spec.ts';
import { llmReport, llmUsageRecorded } from '../../../support/commands/usage-events.ts';

describe('record-llm-usage', () => {
  it('records the exact charge in its canonical form', () => {
    expect(
      given(recordLlmUsage)
        .when({ ...llmReport, charge_cents: '00.1250' }, undefined)
        .then([llmUsageRecorded]),
    ).to.deep.equal({ same: true, voided: false });
  });

  it('records a time at either bound', () => {
    const at = execution({
      now: '2026-04-01T12:00:00.000Z',
      limits: { ...defaultLimits, maxAgeDays: 10, maxChargeCents: '100' },
    });
    const dated = (occurred_at: string) =>
      given(recordLlmUsage).when({ ...llmReport, occurred_at }, undefined, at);
    for (const bound of ['2026-04-01T12:05:00.000Z', '2026-03-22T12:00:00.000Z'])
      expect(dated(bound).decision).to.have.length(1);
  });

  it('records a charge at the limit', () => {
    const at = execution({
      now: '2026-04-01T12:00:00.000Z',
      limits: { ...defaultLimits, maxAgeDays: 10, maxChargeCents: '100' },
    });
    expect(
      given(recordLlmUsage).when({ ...llmReport, charge_cents: '100.0' }, undefined, at).decision,
    ).to.have.length(1);
  });
});

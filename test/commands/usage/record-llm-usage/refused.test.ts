import { recordLlmUsage } from '../../../../commands/usage/record-llm-usage.ts';
import { defaultLimits } from '../../../../src/ledger/command.ts';
import { execution, given } from '../../../support/commands/command-spec.ts';
import { llmReport } from '../../../support/commands/usage-events.ts';

describe('record-llm-usage', () => {
  it('refuses a time in the future, and a time too long ago', () => {
    const at = execution({
      now: '2026-04-01T12:00:00.000Z',
      limits: { ...defaultLimits, maxAgeDays: 10, maxChargeCents: '100' },
    });
    const dated = (occurred_at: string) =>
      given(recordLlmUsage).when({ ...llmReport, occurred_at }, undefined, at);
    dated('2026-04-01T12:05:00.001Z').refused('in-the-future');
    dated('2026-03-22T11:59:59.999Z').refused('too-old');
  });

  it('refuses a charge over the limit', () => {
    const at = execution({
      now: '2026-04-01T12:00:00.000Z',
      limits: { ...defaultLimits, maxAgeDays: 10, maxChargeCents: '100' },
    });
    given(recordLlmUsage)
      .when({ ...llmReport, charge_cents: '100.000000000001' }, undefined, at)
      .refused('charge-too-large');
  });
});

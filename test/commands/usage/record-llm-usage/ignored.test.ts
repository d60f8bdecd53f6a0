import { expect } from 'chai';
import { recordLlmUsage } from '../../../../commands/usage/record-llm-usage.ts';
import { execution, given } from '../../../support/commands/command-spec.ts';
import { llmReport, llmUsageRecorded, llmUsageVoided } from '../../../support/commands/usage-events.ts';

describe('record-llm-usage', () => {
  it('adds nothing for an equal report, and says that it is the same', () => {
    expect(given(recordLlmUsage, [llmUsageRecorded]).when(llmReport, undefined).then([])).to.deep.equal({
      same: true,
      voided: false,
    });
  });

  it('adds nothing for another report under the same id, and says that it differs', () => {
    for (const change of [
      { charge_cents: '0.1250000001' },
      { deployment_id: 'e' },
      { model: 'n' },
      { input_tokens: 6 },
      { output_tokens: 6 },
      { occurred_at: '2026-04-01T00:00:00.001Z' },
    ]) {
      expect(
        given(recordLlmUsage, [llmUsageRecorded])
          .when({ ...llmReport, ...change }, undefined)
          .then([]),
        JSON.stringify(change),
      ).to.deep.equal({ same: false, voided: false });
    }
  });

  it('does not apply the bounds to a report that is known', () => {
    const later = execution({ now: '2030-01-01T00:00:00.000Z' });
    expect(
      given(recordLlmUsage, [llmUsageRecorded]).when(llmReport, undefined, later).then([]),
    ).to.deep.equal({
      same: true,
      voided: false,
    });
  });

  it('adds nothing under the id of a voided report', () => {
    expect(
      given(recordLlmUsage, [llmUsageRecorded, llmUsageVoided]).when(llmReport, undefined).then([]),
    ).to.deep.equal({
      same: true,
      voided: true,
    });
    expect(
      given(recordLlmUsage, [llmUsageRecorded, llmUsageVoided])
        .when({ ...llmReport, charge_cents: '1' }, undefined)
        .then([]),
    ).to.deep.equal({ same: false, voided: true });
  });
});

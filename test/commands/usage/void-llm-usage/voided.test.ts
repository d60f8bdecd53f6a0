import { expect } from 'chai';
import { voidLlmUsage } from '../../../../commands/usage/void-llm-usage.ts';
import { given } from '../../../support/commands/command-spec.ts';
import { llmReport, llmUsageRecorded, llmUsageVoided } from '../../../support/commands/usage-events.ts';

describe('void-llm-usage', () => {
  it('takes a charge back', () => {
    const result = given(voidLlmUsage, [llmUsageRecorded])
      .when({ gateway_request_id: 'g', reason: 'wrong unit' }, undefined)
      .then([llmUsageVoided]);
    expect(result).to.deep.equal({ report: llmReport, void_reason: 'wrong unit' });
  });
});

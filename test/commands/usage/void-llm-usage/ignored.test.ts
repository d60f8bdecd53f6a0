import { expect } from 'chai';
import { voidLlmUsage } from '../../../../commands/usage/void-llm-usage.ts';
import { given } from '../../../support/commands/command-spec.ts';
import { llmUsageRecorded, llmUsageVoided } from '../../../support/commands/usage-events.ts';

describe('void-llm-usage', () => {
  it('keeps the first reason', () => {
    const again = given(voidLlmUsage, [llmUsageRecorded, llmUsageVoided])
      .when({ gateway_request_id: 'g', reason: 'another' }, undefined)
      .then([]);
    expect(again?.void_reason).to.equal('wrong unit');
  });
});

import { voidLlmUsage } from '../../../../commands/usage/void-llm-usage.ts';
import { given } from '../../../support/commands/command-spec.ts';

describe('void-llm-usage', () => {
  it('refuses an id that is not known', () => {
    given(voidLlmUsage).when({ gateway_request_id: 'g', reason: 'r' }, undefined).refused('not-found');
  });
});

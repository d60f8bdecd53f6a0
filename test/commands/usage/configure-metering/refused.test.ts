import { configureMetering } from '../../../../commands/usage/configure-metering.ts';
import { given } from '../../../support/commands/command-spec.ts';

describe('configure-metering', () => {
  it('refuses a kind that is not metered', () => {
    given(configureMetering)
      .when({ resource_kind: 'llm_tokens', granularity: 'hour' }, undefined)
      .refused('not-found');
  });
});

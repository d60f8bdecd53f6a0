import { voidReportedUsage } from '../../../../commands/usage/void-reported-usage.ts';
import { given } from '../../../support/commands/command-spec.ts';

describe('void-reported-usage', () => {
  it('refuses a report that is not known', () => {
    const named = { source: 'cdn', external_id: 'e' };
    given(voidReportedUsage)
      .when({ ...named, reason: 'r' }, undefined)
      .refused('not-found');
  });
});

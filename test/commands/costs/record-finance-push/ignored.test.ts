import { recordFinancePush } from '../../../../commands/costs/record-finance-push.ts';
import { given } from '../../../support/commands/command-spec.ts';
import {
  discovered,
  ingested,
  matched,
  pushed,
  pushInput,
} from '../../../support/commands/provider-invoice-events.ts';

describe('record-finance-push', () => {
  it('adds nothing for lines that are pushed', () => {
    given(recordFinancePush, [discovered, ingested, matched, pushed])
      .when({ ...pushInput, action: 'updated' }, undefined)
      .then([]);
  });
});

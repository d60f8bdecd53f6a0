import { recordFinancePush } from '../../../../commands/costs/record-finance-push.ts';
import { execution, given } from '../../../support/commands/command-spec.ts';
import {
  discovered,
  ingested,
  matched,
  pushed,
  pushInput,
} from '../../../support/commands/provider-invoice-events.ts';

describe('record-finance-push', () => {
  it('records the answer of the finance service', () => {
    given(recordFinancePush, [discovered, ingested, matched])
      .when(pushInput, undefined, execution())
      .then([pushed]);
  });
});

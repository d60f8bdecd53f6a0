import {
  discovered,
  ingestionFailed,
  recordFailure,
} from '../../../support/commands/provider-invoice-events.ts';

describe('record-ingestion-failure', () => {
  it('records a reason, and another reason', () => {
    recordFailure([discovered], 'row 2: USD').then([ingestionFailed('row 2: USD')]);
    recordFailure([discovered, ingestionFailed('row 2: USD')], 'row 3: USD').then([
      ingestionFailed('row 3: USD'),
    ]);
  });
});

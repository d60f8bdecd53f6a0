import {
  discovered,
  ingested,
  matched,
  ingestionFailed,
  recordFailure,
} from '../../../support/commands/provider-invoice-events.ts';

describe('record-ingestion-failure', () => {
  it('adds nothing for the same reason again, ids and times in it aside', () => {
    recordFailure([discovered, ingestionFailed('row 2: USD')], 'row 2: USD').then([]);
    const answer = (id: string, at: string): string => `answered 500 (request ${id} at ${at})`;
    recordFailure(
      [discovered, ingestionFailed(answer('66c69033-e9fe-51ae-af94-4fa3f5205f25', '2026-05-01T00:00:00Z'))],
      answer('0c0ffee0-e9fe-51ae-af94-4fa3f5205f25', '2026-05-02T01:00:00.5Z'),
    ).then([]);
    recordFailure(
      [discovered, ingestionFailed('request deadbeefdeadbeefdeadbeef')],
      'request 00000000000000000000beef',
    ).then([]);
  });

  it('adds nothing for an invoice that is not known or is ingested', () => {
    recordFailure([], 'row 2').then([]);
    recordFailure([discovered, ingested, matched], 'row 2').then([]);
  });
});

import { expect } from 'chai';
import { deliveriesProjection } from '../../../projections/deliveries/deliveries.ts';
import { arDocuments, deliveries, deliveryAttempts } from '../../../projections/deliveries/tables.ts';
import {
  attempted,
  attemptEnded,
  noticeRequested,
  requested,
  sampleNotice,
  stopped,
} from '../../support/commands/delivery-events.ts';
import { projectTwice } from '../../support/projections/projection-spec.ts';

describe('deliveries projection', () => {
  it('has a delivery with its attempts, its personal fields sealed', () => {
    const table = projectTwice(deliveriesProjection, [
      requested(),
      attempted(),
      attemptEnded(),
      attempted(2, '2026-05-01T00:06:00.000Z'),
    ]);
    expect(table(deliveries)).to.have.length(1);
    expect(table(deliveries)[0]).to.include({
      id: 'd1',
      recipients: 'sealed:1:k:two',
      phase: 'sending',
      outcome: 'deferred',
      attempts: 2,
      since: '2026-05-01T00:06:00.000Z',
    });
    expect(table(deliveryAttempts).map(({ outcome, details }) => [outcome, details])).to.deep.equal([
      ['deferred', 'sealed:1:k:details'],
      [null, null],
    ]);
  });

  it('has those to be tried again from their time, and those that are over', () => {
    const pending = projectTwice(deliveriesProjection, [requested(), attempted(), attemptEnded()]);
    expect(pending(deliveries)[0]).to.include({ phase: 'pending', since: '2026-05-01T00:05:00.000Z' });
    const done = attemptEnded({ outcome: 'accepted', retry_at: null, accepted: 2 });
    const over = projectTwice(deliveriesProjection, [requested(), attempted(), done]);
    expect(over(deliveries)[0]).to.include({ phase: 'over', accepted: 2, stopped: null });
    const ended = projectTwice(deliveriesProjection, [requested(), stopped('reissued')]);
    expect(ended(deliveries)[0]).to.include({ phase: 'over', stopped: 'reissued' });
  });

  it('has a notice with what it says, and no invoice', () => {
    const table = projectTwice(deliveriesProjection, [noticeRequested()]);
    expect(table(deliveries)[0]).to.deep.include({
      invoice_id: null,
      issue_no: null,
      notice: sampleNotice(),
      phase: 'requested',
    });
    expect(projectTwice(deliveriesProjection, [requested()])(deliveries)[0]).to.include({ notice: null });
  });

  it('has what finance received, and how its copy differs', () => {
    const document = { external_id: 'i1', tenant_id: 'acme', content_hash: 'h1' };
    const instant = '2026-05-01T00:00:00.000Z';
    const differences = [{ field: 'gross_minor', ours: 7064, theirs: 7063 }];
    const table = projectTwice(deliveriesProjection, [
      {
        type: 'ArDocumentPushed',
        data: { ...document, kind: 'invoice', action: 'created', finance_id: 'fin-1', pushed_at: instant },
      },
      { type: 'ArDocumentCompared', data: { ...document, differences, compared_at: instant } },
    ]);
    expect(table(arDocuments)[0]).to.deep.include({ finance_id: 'fin-1', compared_hash: 'h1', differences });
  });
});

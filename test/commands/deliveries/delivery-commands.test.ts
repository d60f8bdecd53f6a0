import { expect } from 'chai';
import { beginAttempt } from '../../../commands/deliveries/begin-attempt.ts';
import { retryAt } from '../../../commands/deliveries/delivery-retries.ts';
import { endAttempt, type EndAttempt } from '../../../commands/deliveries/end-attempt.ts';
import { requestDelivery } from '../../../commands/deliveries/request-delivery.ts';
import { requestNotice } from '../../../commands/deliveries/request-notice.ts';
import { stopDelivery } from '../../../commands/deliveries/stop-delivery.ts';
import { execution, given } from '../../support/commands/command-spec.ts';
import {
  attempted,
  attemptEnded,
  noticeRequested,
  requested,
  sampleNotice,
  stopped,
} from '../../support/commands/delivery-events.ts';

const start = Date.parse('2026-05-01T00:00:00.000Z');
const after = (minutes: number) => execution({ now: new Date(start + minutes * 60_000).toISOString() });

describe('request-delivery', () => {
  const input = {
    delivery_id: 'd1',
    invoice_id: 'i1',
    issue_no: 1,
    recipients: 'sealed:1:k:two',
    addresses: 2,
    message_id: '<d1@seller.example>',
    automatic: false,
  };
  const issued = { tenant_id: 'acme', status: 'issued', issue_no: 1 };

  it('records the intent', () => {
    given(requestDelivery).when(input, issued).then([requested()]);
    given(requestDelivery)
      .when(input, { ...issued, status: 'paid' })
      .then([requested()]);
  });

  it('adds nothing to one that was requested, also once its invoice is void', () => {
    given(requestDelivery, [requested()])
      .when(input, { ...issued, status: 'void' })
      .then([]);
  });

  it('refuses no invoice, a void one, and an issue that was replaced', () => {
    given(requestDelivery).when(input, null).refused('not-found');
    given(requestDelivery)
      .when(input, { ...issued, status: 'void' })
      .refused('invoice-void');
    given(requestDelivery)
      .when(input, { ...issued, issue_no: 2 })
      .refused('conflict');
  });
});

describe('request-notice', () => {
  const input = {
    delivery_id: 'd1',
    tenant_id: 'acme',
    recipients: 'sealed:1:k:two',
    addresses: 2,
    message_id: '<d1@seller.example>',
    notice: sampleNotice(),
  };

  it('records the intent', () => {
    given(requestNotice).when(input, true).then([noticeRequested()]);
  });

  it('adds nothing to one that was requested, whatever it says, also once the customer is erased', () => {
    const other = { ...input, notice: sampleNotice({ open_cents: 1, deployments: [] }) };
    given(requestNotice, [noticeRequested()]).when(other, true).then([]);
    given(requestNotice, [noticeRequested(), stopped('paid', null)])
      .when(input, false)
      .then([]);
  });

  it('refuses a customer without a profile', () => {
    given(requestNotice).when(input, false).refused('no-profile');
  });

  it('is attempted, ended and stopped like the mailing of an invoice, and names none', () => {
    const ofNone = <Event extends { data: object }>(event: Event): Event => ({
      ...event,
      data: { ...event.data, invoice_id: null },
    });
    given(beginAttempt, [noticeRequested()])
      .when({ delivery_id: 'd1', attempt_no: 1 }, undefined)
      .then([ofNone(attempted())]);
    const counts = { accepted: 2, bounced: 0, deferred: 0, unknown: 0 };
    given(endAttempt, [noticeRequested(), ofNone(attempted())])
      .when({ delivery_id: 'd1', attempt_no: 1, counts, details: 'sealed:1:k:details' }, undefined)
      .then([ofNone(attemptEnded({ outcome: 'accepted', retry_at: null, accepted: 2 }))]);
    given(stopDelivery, [noticeRequested()])
      .when({ delivery_id: 'd1', reason: 'paid' }, undefined)
      .then([stopped('paid', null)]);
  });
});

describe('begin-delivery-attempt', () => {
  it('begins the next attempt once', () => {
    given(beginAttempt, [requested()])
      .when({ delivery_id: 'd1', attempt_no: 1 }, undefined)
      .then([attempted()]);
    given(beginAttempt, [requested(), attempted(), attemptEnded()])
      .when({ delivery_id: 'd1', attempt_no: 2 }, undefined, after(5))
      .then([attempted(2, '2026-05-01T00:05:00.000Z')]);
  });

  it('begins none beside another, out of order, or once the delivery is over', () => {
    const second = { delivery_id: 'd1', attempt_no: 2 };
    given(beginAttempt, [requested(), attempted()]).when(second, undefined, after(60)).then([]);
    given(beginAttempt, [requested()]).when(second, undefined).then([]);
    given(beginAttempt, [requested(), attempted(), attemptEnded({ retry_at: null })])
      .when(second, undefined)
      .then([]);
    given(beginAttempt, [requested(), attempted(), attemptEnded(), stopped('invoice-void')])
      .when(second, undefined)
      .then([]);
  });
});

describe('end-delivery-attempt', () => {
  const none = { accepted: 0, bounced: 0, deferred: 0, unknown: 0 };
  const end = (counts: EndAttempt['counts'], attempt_no = 1): EndAttempt => ({
    delivery_id: 'd1',
    attempt_no,
    counts,
    details: counts === null ? null : 'sealed:1:k:details',
  });
  const underWay = [requested(), attempted()];

  it('is over when every address is settled', () => {
    given(endAttempt, underWay)
      .when(end({ ...none, accepted: 2 }), undefined)
      .then([attemptEnded({ outcome: 'accepted', retry_at: null, accepted: 2 })]);
    given(endAttempt, underWay)
      .when(end({ ...none, accepted: 1, bounced: 1 }), undefined)
      .then([attemptEnded({ outcome: 'partly_accepted', retry_at: null, accepted: 1, bounced: 1 })]);
    given(endAttempt, underWay)
      .when(end({ ...none, bounced: 2 }), undefined)
      .then([attemptEnded({ outcome: 'rejected', retry_at: null, bounced: 2 })]);
  });

  it('says when the addresses that are left are tried again', () => {
    given(endAttempt, underWay)
      .when(end({ ...none, deferred: 2 }), undefined)
      .then([attemptEnded()]);
    given(endAttempt, underWay)
      .when(end({ ...none, accepted: 1, deferred: 1 }), undefined)
      .then([attemptEnded({ outcome: 'partly_accepted', accepted: 1 })]);
    const [first, second] = [attemptEnded({ outcome: 'partly_accepted', accepted: 1 }), attempted(2)];
    given(endAttempt, [...underWay, first, second])
      .when(end({ ...none, accepted: 1 }, 2), undefined)
      .then([attemptEnded({ attempt_no: 2, outcome: 'accepted', retry_at: null, accepted: 2 })]);
  });

  it('settles an attempt of a dead process as unknown, but not one that may be under way', () => {
    given(endAttempt, underWay).when(end(null), undefined, after(4)).then([]);
    given(endAttempt, underWay)
      .when(end(null), undefined, after(5))
      .then([
        attemptEnded({
          outcome: 'unknown',
          details: null,
          retry_at: '2026-05-01T00:10:00.000Z',
          ended_at: '2026-05-01T00:05:00.000Z',
        }),
      ]);
  });

  it('changes no attempt that has ended, and refuses one that has not begun', () => {
    given(endAttempt, [...underWay, attemptEnded({ outcome: 'unknown' })])
      .when(end({ ...none, accepted: 2 }), undefined)
      .then([]);
    given(endAttempt, [requested()]).when(end(none), undefined).refused('conflict');
    given(endAttempt).when(end(none), undefined).refused('not-found');
  });

  it('tries for some days with growing pauses, and after unknown outcomes three times at most', () => {
    const pauses: number[] = [];
    const attempts: { outcome: string }[] = [];
    for (let now = start; ;) {
      attempts.push({ outcome: 'deferred' });
      const next = retryAt(attempts, new Date(now).toISOString());
      if (next === null) break;
      pauses.push(Date.parse(next) - now);
      now = Date.parse(next);
    }
    expect(pauses).to.deep.equal([...pauses].sort((a, b) => a - b));
    const days = pauses.reduce((sum, pause) => sum + pause, 0) / 86_400_000;
    expect(days).to.be.within(2, 5);
    const unknown = { outcome: 'unknown' };
    const now = new Date(start).toISOString();
    expect(retryAt([unknown, unknown], now)).to.not.equal(null);
    expect(retryAt([unknown, { outcome: 'deferred' }, unknown, unknown], now)).to.equal(null);
  });
});

describe('stop-delivery', () => {
  it('ends a delivery once', () => {
    given(stopDelivery, [requested()])
      .when({ delivery_id: 'd1', reason: 'no-address' }, undefined)
      .then([stopped('no-address')]);
    given(stopDelivery, [requested(), stopped('reissued')])
      .when({ delivery_id: 'd1', reason: 'invoice-void' }, undefined)
      .then([]);
    given(stopDelivery).when({ delivery_id: 'd1', reason: 'reissued' }, undefined).refused('not-found');
  });
});

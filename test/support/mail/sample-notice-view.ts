import type { NoticeView } from '../../../src/mail/notice-mail.ts';
import { sampleInvoice } from './sample-invoice.ts';

/** A notice about one deployment and one overdue invoice; override what a test is about. */
export function sampleNoticeView(changes: Partial<NoticeView> = {}): NoticeView {
  const { seller, buyer } = sampleInvoice();
  return {
    kind: 'past-due',
    day: '2026-05-29',
    seller,
    buyer,
    currency: 'AUD',
    deployments: [{ slug: 'shop', display_name: 'Web shop' }],
    more_deployments: 0,
    invoices: [{ number: 'AC-2026-000001', due_on: '2026-05-15', open_cents: 706_420 }],
    more_invoices: 0,
    open_cents: 706_420,
    suspends_on: '2026-06-14',
    ...changes,
  };
}

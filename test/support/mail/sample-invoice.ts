import type { InvoiceView } from '../../../src/documents/document-view.ts';

/** The content of an issued invoice; override what a test is about. */
export function sampleInvoice(changes: Partial<InvoiceView> = {}): InvoiceView {
  return {
    kind: 'invoice',
    number: 'AC-2026-000001',
    seller: {
      legal_name: 'Arcadia Cloud Pty Ltd',
      tax_id: '51 824 753 556',
      address: {
        lines: ['1 Bridge Street'],
        city: 'Sydney',
        region: 'NSW',
        postcode: '2000',
        country: 'AU',
      },
      email: 'accounts@arcadia.example',
      phone: '+61 2 5550 0000',
      bank: {
        name: 'Example Bank',
        account_name: 'Arcadia Cloud Pty Ltd',
        bsb: '062-000',
        account_number: '12345678',
        iban: null,
        bic: null,
      },
      footer: 'Thank you for your business.',
    },
    buyer: {
      tenant_id: 'acme',
      legal_name: 'Acme Studios Pty Ltd',
      trading_name: null,
      tax_id: null,
      address: { lines: ['2 High Street'], city: 'Perth', region: 'WA', postcode: '6000', country: 'AU' },
      emails: { billing: ['ada@customer.example'] },
      contact: 'Ada Lovelace',
      po_number: 'PO 42',
      locale: null,
    },
    currency: 'AUD',
    issued_on: '2026-05-01',
    due_on: '2026-05-15',
    period_start: '2026-04-01',
    period_end: '2026-04-30',
    corrects: null,
    reason: null,
    goodwill: false,
    groups: [],
    subtotal_cents: 642_200,
    taxes: [{ name: 'GST', rate: '0.1', taxable_cents: 642_200, tax_cents: 64_220 }],
    tax_cents: 64_220,
    total_cents: 706_420,
    paid_cents: 0,
    due_cents: 706_420,
    ...changes,
  };
}

import type {
  BuyerView,
  DocumentLineView,
  InvoiceView,
  LineGroupView,
  ReceiptView,
  SellerView,
  StatementView,
} from '../../../src/documents/document-view.ts';

/** The seller of the samples; the ABN has right check digits. */
export const seller: SellerView = {
  legal_name: 'Arcadia Cloud Pty Ltd',
  tax_id: '51824753556',
  address: {
    lines: ['Level 7', '120 Sussex Street'],
    city: 'Sydney',
    region: 'NSW',
    postcode: '2000',
    country: 'AU',
  },
  email: 'accounts@arcadia.example',
  phone: '+61 2 5550 1234',
  bank: {
    name: 'Harbour Bank',
    account_name: 'Arcadia Cloud Pty Ltd',
    bsb: '062-000',
    account_number: '12345678',
    iban: null,
    bic: null,
  },
  footer: 'Thank you for hosting with us.',
};

/** The customer of the samples. */
export const buyer: BuyerView = {
  tenant_id: 'acme',
  legal_name: 'Acme Widgets Pty Ltd',
  trading_name: 'Acme',
  tax_id: '53004085616',
  address: {
    lines: ['12 Collins Street'],
    city: 'Melbourne',
    region: 'VIC',
    postcode: '3000',
    country: 'AU',
  },
  emails: { billing: ['billing@acme.example'] },
  contact: 'Jo Citizen',
  po_number: 'PO-4711',
  locale: null,
};

/** A line of the samples; amounts are its caller's. */
export function lineOf(no: number, line: Partial<DocumentLineView>): DocumentLineView {
  return {
    line_no: no,
    deployment_id: 'd1',
    kind: 'plan_base',
    resource_kind: null,
    description: 'Plan studio',
    from: null,
    to: null,
    qty: '1',
    unit: 'month',
    unit_price_cents: '5000',
    amount_cents: 5000,
    ...line,
  };
}

export function groupOf(lines: DocumentLineView[], name = 'Shop', slug = 'shop'): LineGroupView {
  return {
    deployment_id: lines[0]?.deployment_id ?? null,
    slug,
    display_name: name,
    lines,
    subtotal_cents: lines.reduce((sum, line) => sum + line.amount_cents, 0),
  };
}

/** An invoice of these groups with GST of ten percent, or of no tax. */
export function invoiceOf(groups: LineGroupView[], changes: Partial<InvoiceView> = {}): InvoiceView {
  const subtotal = groups.reduce((sum, group) => sum + group.subtotal_cents, 0);
  const tax = Math.round(subtotal / 10);
  return {
    kind: 'invoice',
    number: 'ARC-2026-000001',
    seller,
    buyer,
    currency: 'AUD',
    issued_on: '2026-05-01',
    due_on: '2026-05-15',
    period_start: '2026-04-01',
    period_end: '2026-04-30',
    corrects: null,
    reason: null,
    goodwill: false,
    groups,
    subtotal_cents: subtotal,
    taxes: [{ name: 'GST', rate: '0.10', taxable_cents: subtotal, tax_cents: tax }],
    tax_cents: tax,
    total_cents: subtotal + tax,
    paid_cents: 0,
    due_cents: subtotal + tax,
    ...changes,
  };
}

/** The golden invoice of spec 11: studio, 50 GB of storage, 672 droplet hours over the plan; 7064 cents. */
export const goldenInvoice: InvoiceView = invoiceOf([
  groupOf([
    lineOf(1, { description: 'Plan studio v1' }),
    lineOf(2, {
      kind: 'addon',
      resource_kind: 'volume_gb',
      description: 'Addon storage_50gb',
      unit_price_cents: '750',
      amount_cents: 750,
    }),
    lineOf(3, {
      kind: 'overage',
      resource_kind: 'droplet_hours',
      description: 'droplet_hours: 672 of 2160 hours above the included 1488',
      qty: '672',
      unit: 'hour',
      unit_price_cents: '1',
      amount_cents: 672,
    }),
  ]),
]);

/** An invoice of so many lines over ten deployments, some for a part of the month. */
export function longInvoice(lines: number): InvoiceView {
  const groups = Array.from({ length: 10 }, (_, group) =>
    groupOf(
      Array.from({ length: Math.ceil(lines / 10) }, (__, index) =>
        lineOf(index + 1, {
          deployment_id: `d${group}`,
          description: `Droplet hours of server ${group}-${index} in Sydney`,
          from: index % 3 === 0 ? '2026-04-12' : null,
          to: index % 3 === 0 ? '2026-04-30' : null,
          qty: `${index + 1}.25`,
          unit: 'hour',
          unit_price_cents: '1.5',
          amount_cents: index + 7,
        }),
      ),
      `Deployment ${group}`,
      `deployment-${group}`,
    ),
  );
  return invoiceOf(groups, { number: 'ARC-2026-000200' });
}

/** A credit note about the golden invoice. */
export const creditNote: InvoiceView = invoiceOf(
  [
    groupOf([
      lineOf(1, {
        description: 'droplet_hours: late correction',
        qty: '-100',
        unit: 'hour',
        unit_price_cents: '1',
        amount_cents: -100,
      }),
    ]),
  ],
  {
    kind: 'credit_note',
    number: 'ARC-CN-2026-000001',
    corrects: { number: 'ARC-2026-000001', issued_on: '2026-05-01' },
    reason: 'Usage of 12 April was reported twice',
    issued_on: '2026-05-20',
    due_on: '2026-05-20',
    tax_cents: -10,
    taxes: [{ name: 'GST', rate: '0.10', taxable_cents: -100, tax_cents: -10 }],
    total_cents: -110,
    due_cents: -110,
  },
);

export const receipt: ReceiptView = {
  kind: 'receipt',
  number: 'RCPT-acme-0001',
  seller,
  buyer,
  currency: 'AUD',
  received_on: '2026-05-10',
  method: 'bank_transfer',
  reference: 'ARC-2026-000001',
  amount_cents: 10_000,
  allocations: [{ number: 'ARC-2026-000001', amount_cents: 7064 }],
  balance_cents: 2936,
};

export const statement: StatementView = {
  kind: 'statement',
  seller,
  buyer,
  currency: 'AUD',
  from: '2026-05-01',
  to: '2026-05-31',
  opening_cents: 0,
  entries: [
    {
      on: '2026-05-01',
      kind: 'invoice',
      description: 'Invoice ARC-2026-000001',
      amount_cents: 7064,
      balance_cents: 7064,
    },
    {
      on: '2026-05-10',
      kind: 'payment',
      description: 'Payment received, thank you',
      amount_cents: -5000,
      balance_cents: 2064,
    },
    {
      on: '2026-05-20',
      kind: 'credit_note',
      description: 'Credit note ARC-CN-2026-000001',
      amount_cents: -110,
      balance_cents: 1954,
    },
  ],
  closing_cents: 1954,
};

import type { Facts } from '../../demo/facts.ts';

type Line = Facts['costs']['data'][number];

const matched = (description: string, kind: string, amount_cents: number): Line => ({
  description,
  kind,
  amount_cents,
  matched: true,
  unmatched_reason: null,
});
const unmatched = (
  description: string,
  kind: string | null,
  amount_cents: number,
  unmatched_reason: string,
): Line => ({ description, kind, amount_cents, matched: false, unmatched_reason });

/**
 * Lines that come to the sample invoice's figures: 33, of which 17 matched; 86.92, of which 7.90 tax and
 * 39.20 without a resource.
 */
const costLines: Line[] = [
  ...Array.from({ length: 16 }, (_none, n) => matched(`droplet-${n} (s-1vcpu-1gb)`, 'droplet', 200)),
  matched('git.example.com (Weekly Backup Services)', 'droplet_backup', 782),
  ...Array.from({ length: 14 }, (_none, n) =>
    unmatched(`gone-${n}.example.com (s-1vcpu-1gb)`, 'droplet', 250, 'not-found'),
  ),
  unmatched('Spaces Subscription', null, 420, 'no-kind'),
  unmatched('GST', null, 790, 'tax'),
];

const figures = (revenue_cents: number, cogs_cents: number, margin_pct: number | null) => ({
  revenue_cents,
  cogs_cents,
  margin_cents: revenue_cents - cogs_cents,
  margin_pct,
});

const aged = {
  current_cents: 2823,
  days_1_30_cents: 0,
  days_31_60_cents: 0,
  days_61_90_cents: 0,
  over_90_cents: 0,
  total_cents: 2823,
  balance_cents: 0,
};

/** The expected figures of the sample month. */
export function sampleFacts(): Facts {
  const providerInvoice: Facts['providerInvoice'] = {
    uuid: 'c8339367-f29e-5627-a599-ae6556b065dc',
    period: '2026-04-01',
    amount_cents: 8692,
    status: 'ingested',
    lines: 33,
    matched: 17,
    difference_cents: 0,
    pushed_to_finance_at: '2026-05-09T15:05:01.000Z',
    finance_invoice_id: 'fin-1',
  };
  return {
    providerInvoice,
    providerInvoices: Array.from({ length: 137 }, () => providerInvoice),
    costs: {
      data: [...costLines],
      next_cursor: null,
      summary: { lines: 33, matched: 17, total_cents: 8692, tax_cents: 790 },
    },
    finance: { gross: 8692, net: 7902, tax: 790 },
    usage: { droplet_hours: '3600' },
    records: 150,
    invoice: {
      id: 'invoice-1',
      tenant_id: 'dashboard-pilot',
      period_start: '2026-04-01',
      period_end: '2026-04-30',
      currency: 'AUD',
      status: 'issued',
      subtotal_cents: 7112,
      tax_cents: 711,
      total_cents: 7823,
      tax_name: 'GST',
      tax_rate: '0.1',
      lines: [
        {
          kind: 'plan_base',
          resource_kind: null,
          description: 'Studio',
          qty: '1',
          unit: 'month',
          unit_price_cents: 5000,
          amount_cents: 5000,
        },
        {
          kind: 'overage',
          resource_kind: 'droplet_hours',
          description: 'droplet_hours beyond 1488',
          qty: '2112',
          unit: 'hour',
          unit_price_cents: 1,
          amount_cents: 2112,
        },
        {
          kind: 'tax',
          resource_kind: null,
          description: 'GST 10 %',
          qty: '1',
          unit: 'tax',
          unit_price_cents: 711,
          amount_cents: 711,
        },
      ],
    },
    margin: {
      currency: 'AUD',
      fx: { from: 'USD', to: 'AUD', rate: '1', source: 'default' },
      overall: { ...figures(7112, 8692, -22.2), unattributed_cents: 4710 },
      tenants: [
        { tenant_id: 'skyai-internal', ...figures(0, 929, null) },
        { tenant_id: 'dashboard-pilot', ...figures(7112, 3053, 57.1) },
      ],
    },
    leakage: { total_cents: 5639 },
    left: [
      { tenant_id: 'harbour-books', lines: [1, 2, 3, 4, 5, 6], total_cents: 14913 },
      { tenant_id: 'lumen-legal', lines: [1, 2, 3, 4, 5], total_cents: 8666 },
    ],
    drifts: [
      {
        name: 'git.example.com',
        field: 'size_slug',
        desired: 's-4vcpu-8gb',
        actual: 's-1vcpu-1gb',
        monthly_delta_cents: -4200,
      },
    ],
    projections: [{ name: 'catalog', status: 'live', head: 1500, lag: 0 }],
    events: 1500,
    eventsOfRerun: 0,
    ownInvoices: 1,
    statusForOthers: 404,
    paid: {
      number: 'SKY-2026-000003',
      dueOn: '2026-05-23',
      pdf: { path: '.arcadia/demo/SKY-2026-000003.pdf', sha256: 'ab12', recorded: 'ab12' },
      invoice: { total_cents: 7823, paid_cents: 5000, open_cents: 2823, status: 'partially_paid' },
      corrections: [
        { number: 'SKY-CN-2026-000002', kind: 'debit_note', total_cents: 264, reason: 'reported late' },
        { number: 'SKY-CN-2026-000003', kind: 'credit_note', total_cents: -264, reason: 'withdrawn' },
      ],
      receivables: {
        data: [{ tenant_id: 'dashboard-pilot', ...aged }],
        next_cursor: null,
        as_of: '2026-05-09',
        totals: aged,
      },
    },
  };
}

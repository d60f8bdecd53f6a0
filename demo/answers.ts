// What the demo reads of the service's answers. Members that it does not need are left out.
import { z } from 'zod';

const cents = z.int();
const one = <Item extends z.ZodType>(item: Item) => z.object({ data: item });
const list = <Item extends z.ZodType>(item: Item) =>
  z.object({ data: z.array(item), next_cursor: z.string().nullable() });

export const anything = z.object({ data: z.unknown() });

export const jobRun = one(
  z.object({
    run_id: z.string(),
    job: z.string(),
    status: z.enum(['running', 'completed', 'failed']),
    result: z.unknown(),
    error: z.string().nullable(),
  }),
);
export const storedRun = one(
  z.object({
    id: z.string(),
    status: z.enum(['running', 'completed', 'failed']),
    result: z.unknown(),
    error: z.string().nullable(),
  }),
);
export const sweepResult = z.object({ seen: z.int(), changed: z.int(), missed: z.int() });
export const historyResult = z.object({
  discovered: z.int(),
  ingested: z.int(),
  pushed: z.int(),
  remaining: z.int(),
  failed: z.array(z.object({ invoice_uuid: z.string(), error: z.string() })),
});
export const meteringResult = z.object({ records: z.int() });
export const monthClose = one(
  z.object({
    status: z.string(),
    items: z.array(z.object({ item: z.string(), status: z.string(), count: z.int() })),
  }),
);
const issued = z.object({
  tenant_id: z.string(),
  invoice_id: z.string(),
  status: z.string(),
  total_cents: cents,
});
export const rolledUp = one(z.object({ invoices: z.array(issued) }));
/** What a batch of reports came to, report by report. */
export const takenIn = z.object({
  data: z.array(z.object({ status: z.string(), reason: z.string().nullable() })),
});
export const preview = list(
  z.object({ tenant_id: z.string(), lines: z.array(z.unknown()), total_cents: cents }),
);
export const leakageAnswer = one(z.object({ total_cents: cents }));

export const planList = list(z.object({ code: z.string(), name: z.string() }));
export const projectList = list(z.object({ id: z.string(), name: z.string() }));
export const assigned = one(z.object({ attributed: z.int() }));
export const resourceList = list(
  z.object({
    id: z.string(),
    kind: z.string(),
    name: z.string(),
    region: z.string().nullable(),
    size_slug: z.string().nullable(),
    tenant_id: z.string(),
  }),
);
export const createdDeployment = one(z.object({ id: z.string() }));
export const driftList = list(
  z.object({
    name: z.string(),
    field: z.string(),
    desired: z.unknown(),
    actual: z.unknown(),
    monthly_delta_cents: cents.nullable(),
  }),
);
export const projectionList = list(
  z.object({ name: z.string(), status: z.string(), head: z.int(), lag: z.int() }),
);

export const balanceAnswer = one(
  z.object({ month_to_date_balance_cents: cents, account_balance_cents: cents }),
);
export const providerInvoiceList = list(
  z.object({
    uuid: z.string(),
    period: z.string(),
    amount_cents: cents,
    status: z.enum(['discovered', 'ingested']),
    lines: z.int(),
    matched: z.int(),
    difference_cents: cents.nullable(),
    pushed_to_finance_at: z.string().nullable(),
    finance_invoice_id: z.string().nullable(),
  }),
);
const costLine = z.object({
  description: z.string(),
  kind: z.string().nullable(),
  amount_cents: cents,
  matched: z.boolean(),
  unmatched_reason: z.string().nullable(),
});
export const costLineList = list(costLine).extend({
  summary: z.object({ lines: z.int(), matched: z.int(), total_cents: cents, tax_cents: cents }),
});
export type CostLineAnswer = z.output<typeof costLine>;

export const usageList = list(z.unknown()).extend({ summary: z.record(z.string(), z.string()) });

export const invoiceList = list(z.object({ id: z.string(), tenant_id: z.string() }));
const invoiceLine = z.object({
  kind: z.string(),
  resource_kind: z.string().nullable(),
  description: z.string(),
  qty: z.string(),
  unit: z.string(),
  unit_price_cents: cents,
  amount_cents: cents,
});
export const wholeInvoice = one(
  z.object({
    id: z.string(),
    tenant_id: z.string(),
    period_start: z.string(),
    period_end: z.string(),
    currency: z.string(),
    status: z.string(),
    subtotal_cents: cents,
    tax_cents: cents,
    total_cents: cents,
    tax_name: z.string(),
    tax_rate: z.string(),
    lines: z.array(invoiceLine),
  }),
);

const figures = {
  revenue_cents: cents,
  cogs_cents: cents,
  margin_cents: cents,
  margin_pct: z.number().nullable(),
};
export const marginAnswer = one(
  z.object({
    currency: z.string(),
    fx: z.object({ from: z.string(), to: z.string(), rate: z.string(), source: z.string() }),
    overall: z.object({ ...figures, unattributed_cents: cents }),
    tenants: z.array(z.object({ tenant_id: z.string(), ...figures })),
  }),
);

/** An invoice as a payer sees it. */
export const numberedInvoice = one(
  z.object({
    number: z.string(),
    due_on: z.string(),
    status: z.string(),
    total_cents: cents,
    paid_cents: cents,
    open_cents: cents,
    documents: z.array(z.object({ form: z.string(), sha256: z.string() })),
  }),
);
const correction = z.object({
  number: z.string().nullable(),
  kind: z.string(),
  total_cents: cents,
  reason: z.string(),
});
export const correctionAnswer = one(correction.nullable());
export const correctionList = list(correction);

const aged = {
  current_cents: cents,
  days_1_30_cents: cents,
  days_31_60_cents: cents,
  days_61_90_cents: cents,
  over_90_cents: cents,
  total_cents: cents,
  balance_cents: cents,
};
export const receivablesAnswer = list(z.object({ tenant_id: z.string(), ...aged })).extend({
  as_of: z.string(),
  totals: z.object(aged),
});
export type Receivables = z.output<typeof receivablesAnswer>;

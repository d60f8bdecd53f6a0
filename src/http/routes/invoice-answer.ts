/** What the API shows of a tenant's invoice. */
import { z } from 'zod';
import { invoice, invoiceStream } from '../../../commands/invoicing/invoice.ts';
import type { Invoice } from '../../../commands/invoicing/invoice.ts';
import { endOf, eventsAsOf } from '../../../projections/deployments/as-of.ts';
import type { AsOf } from '../../../projections/deployments/as-of.ts';
import { invoiceById, issuesOf, linesOf } from '../../../projections/invoicing/invoice-queries.ts';
import type { InvoiceLineRow, InvoiceRow, IssueRow } from '../../../projections/invoicing/invoice-queries.ts';
import { lateFactsOf } from '../../invoicing/late.ts';
import type { LateFact } from '../../invoicing/late.ts';
import type { Db } from '../../database/db.ts';
import type { Ledger } from '../../ledger/ledger.ts';
import { refuse, Refused } from '../../ledger/refusal.ts';
import type { Recorded } from '../../events/define.ts';
import { upcast } from '../../events/index.ts';
import type { RecordedLedgerEvent } from '../../events/index.ts';
import { invoiceEvents } from '../../events/invoicing.ts';
import type { InvoiceEvent } from '../../events/invoicing.ts';
import { canonicalDecimal } from '../../pricing/money.ts';
import { ownerOr404 } from '../caller.ts';
import type { Caller } from '../caller.ts';
import { centsSchema, daySchema, instantSchema, signedDecimalSchema } from '../schemas.ts';

/** `draft` is reserved: a rollup issues. */
export const invoiceStatus = z.enum(['draft', 'issued', 'paid', 'void']);

/**
 * An invoice without its lines. `period_end` is the last day, included; `inputs_position` the journal
 * position that it was computed at.
 */
export const invoiceRow = z.strictObject({
  id: z.string(),
  tenant_id: z.string(),
  period_start: daySchema,
  period_end: daySchema,
  currency: z.string(),
  issue_no: z.int().min(1),
  subtotal_cents: centsSchema,
  tax_cents: centsSchema,
  total_cents: centsSchema,
  status: invoiceStatus,
  tax_name: z.string(),
  tax_rate: signedDecimalSchema,
  inputs_position: z.int(),
  unpriced: z.array(
    z.strictObject({ deployment_id: z.string(), resource_kind: z.string(), qty: signedDecimalSchema }),
  ),
  unbilled: z.array(
    z.strictObject({
      deployment_id: z.string(),
      resource_kind: z.string(),
      qty: signedDecimalSchema,
      reason: z.string(),
    }),
  ),
  unmetered: z.array(
    z.strictObject({
      deployment_id: z.string(),
      resource_id: z.string(),
      resource_kind: z.string(),
      days: z.int().min(0),
      reason: z.string(),
    }),
  ),
  issued_at: instantSchema,
  paid_at: instantSchema.nullable(),
  voided_at: instantSchema.nullable(),
  void_reason: z.string().nullable(),
  finance_invoice_id: z.string().nullable(),
  pushed_to_finance_at: instantSchema.nullable(),
});

/** A line of an invoice. */
export const invoiceLine = z.strictObject({
  line_no: z.int().min(1),
  deployment_id: z.string().nullable(),
  kind: z.enum(['plan_base', 'addon', 'overage', 'llm_usage', 'tax']),
  resource_kind: z.string().nullable(),
  description: z.string(),
  qty: signedDecimalSchema,
  unit: z.string(),
  unit_price_cents: centsSchema,
  amount_cents: centsSchema,
  meta: z.record(z.string(), z.json()),
});

/** An invoice with its lines, all its issues, and what was recorded too late for it. */
export const invoiceAnswer = invoiceRow.extend({
  lines: z.array(invoiceLine),
  history: z.array(
    z.strictObject({
      issue_no: z.int().min(1),
      issued_at: instantSchema,
      replaced_at: instantSchema.nullable(),
      subtotal_cents: centsSchema,
      tax_cents: centsSchema,
      total_cents: centsSchema,
      inputs_position: z.int(),
      voided_at: instantSchema.nullable(),
      void_reason: z.string().nullable(),
      lines: z.array(invoiceLine),
    }),
  ),
  late: z.array(
    z.strictObject({
      kind: z.enum([
        'usage',
        'llm_usage',
        'llm_usage_voided',
        'reported_usage',
        'reported_usage_voided',
        'subscription',
        'resource_price',
        'tax_rate',
      ]),
      deployment_id: z.string().nullable(),
      day: daySchema,
      recorded_at: instantSchema,
      position: z.int(),
      detail: z.record(z.string(), z.json()),
    }),
  ),
  late_count: z.int().min(0),
});

type ShownInvoice = Omit<InvoiceRow, 'issued_at'> & {
  issued_at: string;
  status: z.output<typeof invoiceStatus>;
};

/** A row as the API shows it: whatever has a row was issued. */
export function showRow(row: InvoiceRow): ShownInvoice {
  const status = invoiceStatus.parse(row.status);
  if (row.issued_at === null) throw new Error(`invoice ${row.id} was never issued`);
  return { ...row, status, issued_at: row.issued_at };
}

/** An invoice as its own events tell it, in the shape of its row. */
export function showInvoice({
  invoice_id,
  parts: _parts,
  lines: _lines,
  lines_hash: _hash,
  unbilled = [],
  unmetered = [],
  replaces_void: _void,
  ...fields
}: Invoice): ShownInvoice {
  return {
    id: invoice_id,
    ...fields,
    unbilled,
    unmetered,
    tax_rate: canonicalDecimal(fields.tax_rate),
    finance_invoice_id: null,
    pushed_to_finance_at: null,
  };
}

interface Issues {
  lines: InvoiceLineRow[];
  history: (Omit<IssueRow, 'lines_hash'> & { replaced_at: string | null; lines: InvoiceLineRow[] })[];
}

/** The lines of each issue; the last one's are the invoice's. */
async function withLines(
  db: Db,
  { id: invoiceId, voided_at, void_reason }: ShownInvoice,
  issues: readonly IssueRow[],
): Promise<Issues> {
  const voided = { voided_at, void_reason };
  const lines = await linesOf(
    db,
    invoiceId,
    issues.map(({ lines_hash }) => lines_hash),
  );
  const history = issues.map(({ lines_hash, ...issue }, index) => ({
    ...issue,
    ...(index === issues.length - 1 ? voided : {}),
    replaced_at: issues[index + 1]?.issued_at ?? null,
    lines: lines.get(lines_hash) ?? [],
  }));
  return { lines: history.at(-1)?.lines ?? [], history };
}

/** The most late facts that an answer lists; a month that was metered anew has tens of thousands. */
const mostLateFacts = 500;

/** An invoice in full. */
export type ToldInvoice = ShownInvoice & Issues & { late: LateFact[]; late_count: number };

async function tell(
  db: Db,
  shown: ShownInvoice,
  issues: readonly IssueRow[],
  knownAt?: string,
): Promise<ToldInvoice> {
  const lines_hash = issues.at(-1)?.lines_hash ?? '';
  const late = await lateFactsOf(db, { invoice_id: shown.id, lines_hash, ...shown }, knownAt);
  return {
    ...shown,
    ...(await withLines(db, shown, issues)),
    late: late.slice(0, mostLateFacts),
    late_count: late.length,
  };
}

/**
 * An invoice as it is now.
 * @throws {Refused} `not-found` for none and another tenant's
 */
export async function tellInvoice(ledger: Ledger, caller: Caller, id: string): Promise<ToldInvoice> {
  return ledger.read(async (db) =>
    tell(db, showRow(ownerOr404(caller, await invoiceById(db, id), 'invoice')), await issuesOf(db, id)),
  );
}

const isInvoiceEvent = (event: RecordedLedgerEvent): event is Recorded<InvoiceEvent> =>
  Object.hasOwn(invoiceEvents, event.type);

/**
 * An invoice as it was by `as_of` and `known_at`.
 * @throws {Refused} `not-found` for none, another tenant's, and one that was not issued then
 */
export async function tellInvoiceAsOf(
  ledger: Ledger,
  caller: Caller,
  id: string,
  when: AsOf,
): Promise<ToldInvoice> {
  const events = eventsAsOf(
    (await ledger.recorded(invoiceStream(id))).map((event) => upcast(event)).filter(isInvoiceEvent),
    when,
  );
  const owned = ownerOr404(
    caller,
    events.reduce((state, event) => invoice.evolve(state, event), invoice.initialState),
    'invoice',
  );
  const issued = events.flatMap((event) => (event.type === 'InvoiceIssued' ? [event.data] : []));
  const issues = issued.map((issue, index) => issueOf(issue, issued[index + 1]?.replaces_void));
  const knownAt = when.known_at === undefined ? undefined : endOf(when.known_at);
  // The journal may be ahead of the read models, which hold the lines.
  return ledger.readLatest((db) => tell(db, showInvoice(owned), issues, knownAt));
}

type Issued = Extract<InvoiceEvent, { type: 'InvoiceIssued' }>['data'];

function issueOf(
  { issue_no, subtotal_cents, tax_cents, total_cents, lines_hash, inputs_position, issued_at }: Issued,
  voided: Issued['replaces_void'],
): IssueRow {
  const replaced = { voided_at: voided?.voided_at ?? null, void_reason: voided?.reason ?? null };
  return {
    issue_no,
    subtotal_cents,
    tax_cents,
    total_cents,
    lines_hash,
    inputs_position,
    issued_at,
    ...replaced,
  };
}

/** A command's result, which is an invoice. */
export function showResult(state: Invoice | null): ShownInvoice {
  if (state === null) throw new Refused(refuse('not-found', 'there is no such invoice'));
  return showInvoice(state);
}

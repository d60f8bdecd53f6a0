import { z } from 'zod';
import { invoiceById } from '../../../projections/invoicing/invoice-queries.ts';
import { explainInvoice, type InvoiceExplanation } from '../../invoicing/explain.ts';
import { mostUsageEvents, type UsageBehindLine } from '../../invoicing/explain-usage.ts';
import type { Actor } from '../../events/define.ts';
import { stepOperations } from '../../pricing/step.ts';
import { ownerOr404, scopeOf } from '../caller.ts';
import type { Page } from '../page.ts';
import { defineRoute } from '../route.ts';
import {
  centsSchema,
  daySchema,
  instantSchema,
  one,
  pageQuery,
  priceCentsSchema,
  queryInteger,
  signedDecimalSchema,
} from '../schemas.ts';
import { shownActor } from '../shown-actor.ts';
import { invoiceLineAnswer } from './invoice-answer.ts';

const event = z
  .strictObject({
    id: z.string(),
    stream: z.string(),
    revision: z.int().min(0),
    position: z.int().min(1),
    type: z.string(),
    recorded_at: instantSchema,
    actor: z.string(),
  })
  .meta({ id: 'EventOrigin' });

const setBy = { set_by: event.nullable() };

const planItem = z.strictObject({
  resource_kind: z.string(),
  included_qty: signedDecimalSchema,
  overage_unit: z.string(),
  overage_price_cents: priceCentsSchema,
  hard_cap_qty: signedDecimalSchema.nullable(),
});

const inputs = z.strictObject({
  plan: z
    .strictObject({
      plan_code: z.string(),
      plan_version: z.int(),
      name: z.string(),
      base_price_cents: priceCentsSchema,
      currency: z.string(),
      item: planItem.nullable(),
      ...setBy,
      drafted_by: event.nullable(),
    })
    .nullable(),
  addons: z.array(
    z.strictObject({
      attachment_id: z.string(),
      code: z.string(),
      resource_kind: z.string(),
      packs: z.int(),
      qty: signedDecimalSchema,
      price_cents: priceCentsSchema,
      ...setBy,
    }),
  ),
  resource_price: z
    .strictObject({
      resource_kind: z.string(),
      unit: z.string(),
      price_cents: priceCentsSchema,
      effective_from: daySchema,
      ...setBy,
    })
    .nullable(),
  charge: z
    .strictObject({
      charge_id: z.string(),
      description: z.string(),
      amount_cents: centsSchema,
      day: daySchema,
      ...setBy,
    })
    .nullable(),
  tax: z.strictObject({ name: z.string(), rate: signedDecimalSchema, ...setBy }).nullable(),
  in_force: z.array(z.strictObject({ from: daySchema, to: daySchema, days: z.int().min(1), ...setBy })),
  changes: z.array(z.strictObject({ day: daySchema, type: z.string(), event: event.nullable() })),
  allows: z.array(
    z.strictObject({
      from: daySchema,
      to: daySchema,
      days: z.int().min(1),
      plan_code: z.string(),
      plan_version: z.int(),
      included_qty: signedDecimalSchema,
      addon_qty: signedDecimalSchema,
      hard_cap_qty: signedDecimalSchema.nullable(),
    }),
  ),
});

const figure = z.union([z.int(), signedDecimalSchema]);

const step = z.strictObject({
  name: z.string(),
  operation: z.enum(stepOperations),
  operands: z.array(z.strictObject({ name: z.string(), value: figure })),
  result: figure,
  rounding: z.literal('half-away-from-zero').nullable(),
  places: z.int().min(0).optional(),
});

const usageEvents = z.strictObject({
  count: z.int().min(0),
  sum: signedDecimalSchema,
  data: z.array(
    z.strictObject({
      id: z.string(),
      position: z.int().min(1),
      recorded_at: instantSchema,
      day: daySchema,
      qty: signedDecimalSchema,
      resource_id: z.string().nullable(),
      hour: z.int().nullable(),
      gateway_request_id: z.string().nullable(),
      source: z.string().nullable(),
      external_id: z.string().nullable(),
    }),
  ),
  next_cursor: z.string().nullable(),
});

const totals = { subtotal_cents: centsSchema, tax_cents: centsSchema, total_cents: centsSchema };

const explanation = z.strictObject({
  invoice_id: z.string(),
  tenant_id: z.string(),
  period_start: daySchema,
  period_end: daySchema,
  currency: z.string(),
  issue_no: z.int().min(1),
  issued_by: event,
  inputs_position: z.int(),
  tax_name: z.string(),
  tax_rate: signedDecimalSchema,
  ...totals,
  recomputed: z.strictObject(totals).nullable(),
  matches: z.boolean(),
  problem: z
    .strictObject({
      problem: z.enum(['terms', 'totals', 'lines', 'not_billed', 'not_billable', 'stored_lines']),
      detail: z.string(),
    })
    .nullable(),
  lines: z.array(
    invoiceLineAnswer.extend({
      recomputed_cents: centsSchema.nullable(),
      matches: z.boolean(),
      inputs,
      steps: z.array(step),
      usage_events: usageEvents.nullable(),
    }),
  ),
  missing_lines: z.array(invoiceLineAnswer.omit({ line_no: true })),
});

const description = [
  'Computes an issue again from what was recorded up to its `inputs_position`, and shows for each ' +
    'line its inputs with the events that set them, the usage behind its quantity, and the arithmetic ' +
    'step by step.',
  '`recomputed_cents` is what that comes to; a line `matches` when its inputs make just this line, ' +
    'the invoice when all that is shown and was recorded is what the inputs make. `problem` says in ' +
    'what the recorded issue first differs. `missing_lines` are what the inputs make and the invoice ' +
    'lacks.',
  '`usage_events` lists up to `limit` (500 by default) records a line and ' +
    `${mostUsageEvents.toLocaleString('en')} in all; ` +
    '`count` and ' +
    '`sum` are of all of them. Where there are more, `next_cursor` goes on: send it as `cursor` beside ' +
    '`line` (and `issue`, where it was given).',
].join('\n\n');

const explainRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/invoices/:id/explain',
  tag: 'invoices',
  summary: 'Why an invoice says what it says: each line from its inputs',
  description,
  access: 'tenant',
  heavy: true,
  query: z.strictObject({
    ...pageQuery,
    limit: queryInteger(1, 500)
      .default(500)
      .meta({ description: 'at most so many usage events a line; 500 by default' }),
    line: queryInteger(1, 10_000_000).optional(),
    issue: queryInteger(1, 10_000_000).optional(),
  }),
  response: one(explanation),
  async handle({ params: { id }, query: { line, issue }, page: requested, caller }, { ledger }) {
    // The issue is a part of the cursor: its pages stay those of one issue while another is issued.
    const from = requested.after(z.tuple([z.int(), z.string(), z.string(), z.int()]));
    const issueNo = issue ?? from?.[0];
    const usage = {
      limit: requested.limit,
      after: from === null ? null : ([from[1], from[2], from[3]] as const),
    };
    const explained = await ledger.read(async (db) => {
      const invoice = ownerOr404(caller, await invoiceById(db, id), 'invoice');
      return explainInvoice(db, invoice, { currency: ledger.currency, issueNo, lineNo: line, usage });
    });
    return {
      body: {
        data: withActors(show(explained, issue, requested), scopeOf(caller)) as z.output<typeof explanation>,
      },
    };
  },
});

/** The explanation, each event's actor as the viewer may see it. */
function withActors(value: unknown, tenantId: string | null): unknown {
  if (Array.isArray(value)) return value.map((member) => withActors(member, tenantId));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]: [string, unknown]) => [
      name,
      name === 'actor' && isActor(member) ? shownActor(member, tenantId) : withActors(member, tenantId),
    ]),
  );
}

function isActor(value: unknown): value is Actor {
  return typeof value === 'object' && value !== null && 'sub' in value && 'roles' in value;
}

/** @param issue the issue of the query, which the links of further pages repeat */
function show({ lines, ...explained }: InvoiceExplanation, issue: number | undefined, requested: Page) {
  const usageOf = (lineNo: number, { count, sum, events, rest }: UsageBehindLine) => ({
    count,
    sum,
    data: events,
    next_cursor:
      rest === null
        ? null
        : requested.cursorOf({ line: lineNo, ...(issue === undefined ? {} : { issue }) }, [
            explained.issue_no,
            ...rest,
          ]),
  });
  return {
    ...explained,
    lines: lines.map(({ usage, ...line }) => ({
      ...line,
      usage_events: usage === null ? null : usageOf(line.line_no, usage),
    })),
  };
}

/** The explanation of invoices (spec 16). */
export const invoiceExplainRoutes = [explainRoute];

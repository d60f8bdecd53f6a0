import { z } from 'zod';
import { invoiceById } from '../../../projections/invoicing/invoice-queries.ts';
import { explainInvoice, type InvoiceExplanation } from '../../invoicing/explain.ts';
import { mostUsageEvents, type UsageBehindLine } from '../../invoicing/explain-usage.ts';
import { correctionKinds, correctionPurposes } from '../../events/invoicing.ts';
import type { Actor } from '../../events/define.ts';
import { ownerOr404, scopeOf } from '../caller.ts';
import type { Page } from '../page.ts';
import { defineRoute } from '../route.ts';
import { centsSchema, daySchema, one, pageQuery, queryInteger, signedDecimalSchema } from '../schemas.ts';
import { shownActor } from '../shown-actor.ts';
import { event, inputs, step, usageByDay, usageEvents } from './explain-answer.ts';
import { invoiceHistoryRoute } from './invoice-history.ts';
import { invoiceLineAnswer } from './invoice-answer.ts';

const totals = { subtotal_cents: centsSchema, tax_cents: centsSchema, total_cents: centsSchema };

const problem = z
  .strictObject({
    problem: z.enum(['terms', 'totals', 'lines', 'not_billed', 'not_billable', 'stored_lines']),
    detail: z.string(),
  })
  .nullable();

const noteExplanation = z.strictObject({
  correction_id: z.string(),
  correction_no: z.int().min(1),
  kind: z.enum(correctionKinds),
  purpose: z.enum(correctionPurposes),
  issued_by: event,
  inputs_position: z.int().nullable(),
  ...totals,
  recomputed: z.strictObject(totals).nullable(),
  matches: z.boolean(),
  problem,
  lines: z.array(
    invoiceLineAnswer.extend({
      billed_cents: centsSchema.nullable(),
      fresh_cents: centsSchema.nullable(),
      recomputed_cents: centsSchema.nullable(),
      matches: z.boolean(),
      steps: z.array(step),
      fresh_lines: z.array(
        z.strictObject({
          description: z.string(),
          amount_cents: centsSchema,
          inputs,
          steps: z.array(step),
          usage_events: usageEvents.omit({ next_cursor: true }).nullable(),
        }),
      ),
    }),
  ),
});

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
  problem,
  lines: z.array(
    invoiceLineAnswer.extend({
      recomputed_cents: centsSchema.nullable(),
      matches: z.boolean(),
      inputs,
      steps: z.array(step),
      usage_events: usageEvents.nullable(),
      usage_by_day: usageByDay.nullable(),
    }),
  ),
  missing_lines: z.array(invoiceLineAnswer.omit({ line_no: true })),
  corrections: z.array(noteExplanation),
});

const description = [
  'Computes an issue again from what was recorded up to its `inputs_position`, and shows for each ' +
    'line its inputs with the events that set them, the usage behind its quantity, and the arithmetic ' +
    'step by step.',
  '`recomputed_cents` is what that comes to; a line `matches` when its inputs make just this line, ' +
    'the invoice when all that is shown and was recorded is what the inputs make. `problem` says in ' +
    'what the recorded issue first differs. `missing_lines` are what the inputs make and the invoice ' +
    'lacks.',
  '`corrections` explains the notes of the issue: of each line what was billed before, what a fresh rollup ' +
    'billed at the `inputs_position` of the note, and the steps and usage of the fresh lines. Goodwill has ' +
    'neither. With `line` they are left out.',
  '`usage_events` lists up to `limit` (500 by default) records a line and ' +
    `${mostUsageEvents.toLocaleString('en')} in all; ` +
    '`count` and ' +
    '`sum` are of all of them. Where there are more, `next_cursor` goes on: send it as `cursor` beside ' +
    '`line` (and `issue`, where it was given).',
  'With `line`, `usage_by_day` has its usage on each day of the month, added up from the first, beside ' +
    'what the month allows, the day from which more was used (`over_from`), and the 100 resources (or ' +
    'sources of reports) that used most.',
].join('\n\n');

export const explainRoute = defineRoute({
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
function show(
  { lines, corrections, ...explained }: InvoiceExplanation,
  issue: number | undefined,
  requested: Page,
) {
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
    corrections: corrections.map(({ lines: ofNote, ...note }) => ({
      ...note,
      lines: ofNote.map(({ fresh_lines, ...line }) => ({
        ...line,
        fresh_lines: fresh_lines.map(({ usage, ...fresh }) => ({
          ...fresh,
          usage_events: usage === null ? null : { count: usage.count, sum: usage.sum, data: usage.events },
        })),
      })),
    })),
    lines: lines.map(({ usage, ...line }) => ({
      ...line,
      usage_events: usage === null ? null : usageOf(line.line_no, usage),
    })),
  };
}

/** The explanation of invoices (spec 16), and what happened to them. */
export const invoiceExplainRoutes = [explainRoute, invoiceHistoryRoute];

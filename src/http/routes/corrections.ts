import { z } from 'zod';
import { correctionById, listCorrections } from '../../../projections/invoicing/correction-queries.ts';
import type { Correction } from '../../../commands/invoicing/invoice.ts';
import { correctInvoice } from '../../processes/correct-invoice.ts';
import { giveCredit } from '../../processes/give-credit.ts';
import { mostMonthCents } from '../../pricing/billable.ts';
import { ownerOr404, scopeOf } from '../caller.ts';
import { defineRoute } from '../route.ts';
import { idSchema, list, nameSchema, one, pageQuery, periodSchema, reasonSchema } from '../schemas.ts';
import { correctionAnswer } from './invoice-answer.ts';
import { showCorrections, showNote } from './show-correction.ts';

const tag = 'invoices';

/** The notes. */
export const listCorrectionsRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/corrections',
  tag,
  summary: 'Credit and debit notes, the newest first',
  description:
    'Amounts are signed: those of a credit note are negative. With `purpose` `correction`, an invoice and ' +
    'its notes together are what a fresh rollup bills; `goodwill` is outside of that.',
  access: 'tenant',
  query: z.strictObject({
    ...pageQuery,
    tenant_id: idSchema.optional(),
    invoice_id: idSchema.optional(),
    period: periodSchema.optional(),
  }),
  response: list(correctionAnswer.omit({ lines: true })),
  async handle({ query: { tenant_id, invoice_id, period }, page: requested, caller }, { ledger }) {
    const after = requested.after(z.tuple([z.int()]));
    const own = scopeOf(caller);
    const filter = { tenantId: own ?? tenant_id ?? null, invoiceId: invoice_id, period };
    // Another tenant's are not there.
    const rows =
      own !== null && tenant_id !== undefined && tenant_id !== own
        ? []
        : await ledger.query((db) =>
            listCorrections(db, filter, { limit: requested.limit + 1, after: after?.[0] ?? null }),
          );
    const { data, next_cursor } = requested.of(rows, ({ position }) => [position]);
    return {
      body: { data: data.map(({ position: _place, lines_hash: _hash, ...note }) => note), next_cursor },
    };
  },
});

/** One note. */
export const correctionRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/corrections/:id',
  tag,
  summary: 'One credit or debit note with its lines',
  access: 'tenant',
  response: one(correctionAnswer),
  async handle({ params: { id }, caller }, { ledger }) {
    const [data] = await ledger.read(async (db) =>
      showCorrections(db, [ownerOr404(caller, await correctionById(db, id), 'correction')]),
    );
    if (data === undefined) throw new Error(`correction ${id} is not shown`);
    return { body: { data } };
  },
});

export const correctInvoiceRoute = defineRoute({
  method: 'POST',
  path: '/api/v1/invoices/:id/correct',
  tag,
  summary: 'Issue a credit or debit note for what a fresh rollup would bill otherwise',
  description:
    'Compares the invoice and its corrections with its month as it is now, line by line, tax included, ' +
    'and issues a note for the difference, also for a paid invoice: 201 with the note. Where no amount ' +
    'moved, `data` is null, and `status` says whether late facts were taken in (`reviewed`) or there was ' +
    'nothing to do (`unchanged`). `taken_back` is the note that takes back goodwill above the corrected ' +
    'invoice. 409 for a void invoice, and with the reason for a month that can not be billed.',
  access: 'admin',
  heavy: true,
  status: [200, 201],
  body: z.strictObject({ reason: reasonSchema }),
  response: z.strictObject({
    data: correctionAnswer.nullable(),
    status: z.enum(['corrected', 'reviewed', 'unchanged']),
    taken_back: correctionAnswer.nullable(),
  }),
  async handle({ params: { id }, body: { reason }, meta }, { jobDeps }) {
    const done = await correctInvoice(jobDeps, { invoice_id: id, reason }, meta);
    const shown = async (note: Correction | null) => (note === null ? null : showNote(jobDeps.ledger, note));
    const body = {
      data: await shown(done.note),
      status: done.status,
      taken_back: await shown(done.taken_back),
    };
    return { status: done.note === null ? 200 : 201, body, position: done.position };
  },
});

export const creditInvoiceRoute = defineRoute({
  method: 'POST',
  path: '/api/v1/invoices/:id/credit',
  tag,
  summary: 'Give a credit of goodwill on an invoice',
  description:
    'Amounts are before tax and positive; the note bears the tax of the invoice. Goodwill is outside of ' +
    'what a rollup bills: corrections leave it, but for what is then above the invoice. 409 ' +
    '`credit-above-invoice` with what is left of the invoice.',
  access: 'admin',
  status: 201,
  body: z.strictObject({
    lines: z
      .array(
        z.strictObject({
          description: nameSchema,
          amount_cents: z.int().min(1).max(mostMonthCents),
          deployment_id: idSchema.nullable().default(null),
        }),
      )
      .min(1)
      .max(100),
    reason: reasonSchema,
  }),
  response: one(correctionAnswer),
  async handle({ params: { id }, body: { lines, reason }, meta }, { jobDeps }) {
    const { note, position } = await giveCredit(jobDeps, { invoice_id: id, lines, reason }, meta);
    return { body: { data: await showNote(jobDeps.ledger, note) }, position };
  },
});

/** Credit and debit notes of invoices (spec 18). */
export const correctionRoutes = [
  listCorrectionsRoute,
  correctionRoute,
  correctInvoiceRoute,
  creditInvoiceRoute,
];

import { z } from 'zod';
import { correctionById, listCorrections } from '../../../projections/invoicing/correction-queries.ts';
import { ownerOr404, scopeOf } from '../caller.ts';
import { defineRoute } from '../route.ts';
import { idSchema, list, one, pageQuery, periodSchema } from '../schemas.ts';
import { correctionAnswer } from './invoice-answer.ts';
import { showCorrections } from './show-correction.ts';

const tag = 'invoices';

const listRoute = defineRoute({
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

const singleRoute = defineRoute({
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

/** Credit and debit notes of invoices (spec 18). */
export const correctionRoutes = [listRoute, singleRoute];

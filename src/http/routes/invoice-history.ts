import { z } from 'zod';
import { endOf } from '../../../projections/deployments/as-of.ts';
import { invoiceById } from '../../../projections/invoicing/invoice-queries.ts';
import { invoiceHistory } from '../../history/invoice-history.ts';
import { ownerOr404, scopeOf } from '../caller.ts';
import { defineRoute } from '../route.ts';
import { asOfQuery, centsSchema, one } from '../schemas.ts';
import { shownActor } from '../shown-actor.ts';
import { event } from './explain-answer.ts';

/** What happened to an invoice. */
export const invoiceHistoryRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/invoices/:id/history',
  tag: 'invoices',
  summary: 'What happened to an invoice: each event, with its actor, the latest first',
  description:
    'Of its own stream, and of its notes, numbers, documents and mailings (which admins alone see), and of ' +
    'the account of its tenant. `amount_cents` is the total of an issue or of a note, and of money what it ' +
    'pays of this invoice, negative where it is released. At most the latest 500.',
  access: 'tenant',
  query: z.strictObject({ known_at: asOfQuery.known_at }),
  response: one(
    z.strictObject({
      invoice_id: z.string(),
      events: z.array(
        event.extend({
          amount_cents: centsSchema.nullable(),
          issue_no: z.int().nullable(),
          number: z.string().nullable(),
          kind: z.string().nullable(),
          outcome: z.string().nullable(),
          addresses: z.int().nullable(),
          reason: z.string().nullable(),
        }),
      ),
    }),
  ),
  async handle({ params: { id }, query: { known_at }, caller }, { ledger }) {
    const recordedBy = known_at === undefined ? undefined : endOf(known_at);
    const happened = await ledger.read(async (db) => {
      const invoice = ownerOr404(caller, await invoiceById(db, id), 'invoice');
      return invoiceHistory(db, invoice, { isOperator: scopeOf(caller) === null, recordedBy });
    });
    const events = happened.map((one) => ({ ...one, actor: shownActor(one.actor, scopeOf(caller)) }));
    return { body: { data: { invoice_id: id, events } } };
  },
});

import { z } from 'zod';
import { deliveriesOf } from '../../../projections/deliveries/delivery-queries.ts';
import { invoiceById } from '../../../projections/invoicing/invoice-queries.ts';
import { idFrom } from '../../ledger/ids.ts';
import { freshMeta } from '../../ledger/fresh-meta.ts';
import { attemptDelivery } from '../../processes/deliveries/attempt-delivery.ts';
import { deliveryStatus } from '../../processes/deliveries/delivery-status.ts';
import { deliveryDeps } from '../../processes/deliveries/open-deliveries.ts';
import { requestSend } from '../../processes/deliveries/request-send.ts';
import { foundOr404 } from '../caller.ts';
import { defineRoute } from '../route.ts';
import { list, one, pageQuery } from '../schemas.ts';
import { attemptsDescription, deliveryStanding, showDeliveries, shownDelivery } from './delivery-answer.ts';

const tag = 'invoices';

/** The most time of the first attempt, in milliseconds: the caller waits for it. */
const firstAttemptMs = 20_000;

const ofInvoice = { invoice_id: z.string(), issue_no: z.int() };

export const sendInvoiceRoute = defineRoute({
  method: 'POST',
  path: '/api/v1/invoices/:id/send',
  tag,
  summary: 'Mail an invoice with its PDF',
  description:
    "To `to`, or the billing addresses of the customer's profile. The first attempt is made at once; what " +
    'is deferred is tried again by job `invoices.send` for some days, under the same Message-ID. The ' +
    'answer counts addresses and names none. 409: no mail server (`not-configured`), no seller, profile or ' +
    'address, or a void invoice.',
  access: 'admin',
  body: z.strictObject({ to: z.array(z.email().max(320)).min(1).max(50).optional() }),
  response: one(z.strictObject({ ...deliveryStanding, ...ofInvoice, attempts: z.int().min(0) })),
  async handle({ params: { id }, body, meta }, { ledger, jobDeps }) {
    const deps = deliveryDeps(jobDeps);
    const further = () => freshMeta(ledger, meta);
    // A repeated request with its key meets its own delivery.
    const deliveryId = idFrom('delivery', meta.idempotencyKey ?? meta.commandId);
    const request = { deliveryId, invoiceId: id, to: body.to ?? null, automatic: false };
    await requestSend(deps, request, meta, further);
    const { delivery: state } = await attemptDelivery(deps, deliveryId, further, firstAttemptMs);
    const last = state.attempts.at(-1);
    const underWay = last === undefined ? 'requested' : last.ended === null ? 'sending' : 'pending';
    const phase = state.isOver ? 'over' : underWay;
    const outcome = last?.ended?.outcome ?? null;
    const { issue_no, message_id, addresses, accepted, bounced } = state;
    if (issue_no === null) throw new Error(`delivery ${deliveryId} is of no invoice`);
    const status = deliveryStatus({ phase, outcome, stopped: null, addresses, accepted, bounced });
    const sums = { addresses, accepted, bounced, attempts: state.attempts.length };
    return {
      body: { data: { delivery_id: deliveryId, invoice_id: id, issue_no, message_id, status, ...sums } },
      position: await ledger.position(),
    };
  },
});

export const listDeliveriesRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/invoices/:id/deliveries',
  tag,
  summary: 'The mailings of an invoice with each attempt, newest first',
  description: attemptsDescription,
  access: 'admin',
  query: z.strictObject(pageQuery),
  response: list(z.strictObject({ ...shownDelivery, ...ofInvoice, automatic: z.boolean() })),
  async handle({ params: { id }, page: requested }, { ledger, jobDeps }) {
    const [after = null] = requested.after(z.tuple([z.int()])) ?? [];
    const key = after === null ? null : ([after] as const);
    const rows = await ledger.read(async (db) => {
      foundOr404(await invoiceById(db, id), 'invoice');
      return deliveriesOf(db, id, { after: key, limit: requested.limit + 1 });
    });
    const { data, next_cursor } = requested.of(rows, (row) => [row.position]);
    const deliveries = await showDeliveries(jobDeps.personal, data);
    const shown = data.flatMap(({ invoice_id, issue_no, automatic }, at) => {
      const delivery = deliveries[at];
      return delivery === undefined ? [] : [{ ...delivery, invoice_id, issue_no, automatic }];
    });
    return { body: { data: shown, next_cursor } };
  },
});

/** Mailing of invoices (spec 17). */
export const deliveryRoutes = [sendInvoiceRoute, listDeliveriesRoute];

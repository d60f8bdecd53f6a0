import { z } from 'zod';
import { deliveriesOf } from '../../../projections/deliveries/delivery-queries.ts';
import { invoiceById } from '../../../projections/invoicing/invoice-queries.ts';
import { idFrom } from '../../ledger/ids.ts';
import { freshMeta } from '../../ledger/fresh-meta.ts';
import { attemptDelivery } from '../../processes/deliveries/attempt-delivery.ts';
import { deliveryStatus, deliveryStatuses } from '../../processes/deliveries/delivery-status.ts';
import { deliveryDeps } from '../../processes/deliveries/open-deliveries.ts';
import { requestSend } from '../../processes/deliveries/request-send.ts';
import { openDeliveries } from '../../processes/deliveries/sealed-delivery.ts';
import { foundOr404 } from '../caller.ts';
import { defineRoute } from '../route.ts';
import { instantSchema, list, one, pageQuery } from '../schemas.ts';

const tag = 'invoices';

/** The most time of the first attempt, in milliseconds: the caller waits for it. */
const firstAttemptMs = 20_000;

const count = z.int().min(0);
const standing = {
  delivery_id: z.string(),
  invoice_id: z.string(),
  issue_no: z.int(),
  message_id: z.string(),
  status: z.enum(deliveryStatuses),
  addresses: count,
  accepted: count,
  bounced: count,
};

const sendRoute = defineRoute({
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
  response: one(z.strictObject({ ...standing, attempts: count })),
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
    const { invoice_id, issue_no, message_id, addresses, accepted, bounced } = state;
    const status = deliveryStatus({ phase, outcome, stopped: null, addresses, accepted, bounced });
    const sums = { addresses, accepted, bounced, attempts: state.attempts.length };
    return {
      body: { data: { delivery_id: deliveryId, invoice_id, issue_no, message_id, status, ...sums } },
      position: await ledger.position(),
    };
  },
});

const attempt = z.strictObject({
  attempt_no: z.int(),
  attempted_at: instantSchema,
  outcome: z.string().nullable(),
  retry_at: instantSchema.nullable(),
  ended_at: instantSchema.nullable(),
  addresses: z
    .array(
      z.strictObject({
        address: z.string(),
        outcome: z.enum(['accepted', 'deferred', 'bounced', 'unknown']),
        code: z.int().nullable(),
        answer: z.string(),
      }),
    )
    .nullable(),
});

const listRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/invoices/:id/deliveries',
  tag,
  summary: 'The mailings of an invoice with each attempt, newest first',
  description:
    "Each attempt has, for each address that it tried, the server's answer. `recipients` and `addresses` " +
    'are null once the customer is erased; those of an attempt also while it is under way, or where its ' +
    'process died.',
  access: 'admin',
  query: z.strictObject(pageQuery),
  response: list(
    z.strictObject({
      ...standing,
      automatic: z.boolean(),
      stopped: z.string().nullable(),
      requested_at: instantSchema,
      recipients: z.array(z.string()).nullable(),
      attempts: z.array(attempt),
    }),
  ),
  async handle({ params: { id }, page: requested }, { ledger, jobDeps }) {
    const [after = null] = requested.after(z.tuple([z.int()])) ?? [];
    const key = after === null ? null : ([after] as const);
    const rows = await ledger.read(async (db) => {
      foundOr404(await invoiceById(db, id), 'invoice');
      return deliveriesOf(db, id, { after: key, limit: requested.limit + 1 });
    });
    const { data, next_cursor } = requested.of(rows, (row) => [row.position]);
    const opened = await openDeliveries(
      jobDeps.personal,
      data.map(({ id: delivery_id, recipients, tries }) => ({
        delivery_id,
        recipients,
        details: tries.map(({ details }) => details),
      })),
    );
    const shown = data.map(({ id: delivery_id, tries, attempts: _attempts, ...row }, at) => {
      const { invoice_id, issue_no, message_id, addresses, accepted, bounced } = row;
      return {
        ...{ delivery_id, invoice_id, issue_no, message_id, addresses, accepted, bounced },
        status: deliveryStatus(row),
        automatic: row.automatic,
        stopped: row.stopped,
        requested_at: row.requested_at,
        recipients: opened[at]?.recipients ?? null,
        attempts: tries.map(({ details: _details, ...one }, no) => ({
          ...one,
          addresses: opened[at]?.details[no] ?? null,
        })),
      };
    });
    return { body: { data: shown, next_cursor } };
  },
});

/** Mailing of invoices (spec 17). */
export const deliveryRoutes = [sendRoute, listRoute];

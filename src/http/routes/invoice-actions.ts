import { z } from 'zod';
import { correctionKinds, correctionPurposes } from '../../events/invoicing.ts';
import {
  allowedActions,
  findInvoice,
  invoiceActions,
} from '../../processes/invoice-actions/allowed-actions.ts';
import { foreseeAction } from '../../processes/invoice-actions/consequences.ts';
import { mostMonthCents } from '../../pricing/billable.ts';
import { invoiceLineKinds } from '../../pricing/types.ts';
import { defineRoute } from '../route.ts';
import { centsSchema, one, priceCentsSchema, queryInteger } from '../schemas.ts';
import { invoiceStatus } from './invoice-answer.ts';

const tag = 'invoices';

const action = z.enum(invoiceActions);

const standing = z.strictObject({
  status: invoiceStatus,
  paid_cents: centsSchema,
  credited_cents: centsSchema,
  open_cents: priceCentsSchema,
  balance_cents: centsSchema,
});

const foreseenNote = z.strictObject({
  kind: z.enum(correctionKinds),
  purpose: z.enum(correctionPurposes),
  subtotal_cents: centsSchema,
  tax_cents: centsSchema,
  total_cents: centsSchema,
  lines: z.array(
    z.strictObject({
      deployment_id: z.string().nullable(),
      kind: z.enum(invoiceLineKinds),
      description: z.string(),
      amount_cents: centsSchema,
    }),
  ),
});

/** What may be done to an invoice now, for its page. */
export const invoiceActionsRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/invoices/:id/actions',
  tag,
  summary: 'What may be done to an invoice now, and why the rest may not',
  description:
    '`code` is that of the problem with which the action would be refused, or `nothing-to-do` where it ' +
    'would change nothing.',
  access: 'admin',
  response: one(
    z.strictObject({
      invoice_id: z.string(),
      actions: z.array(
        z.strictObject({
          action,
          allowed: z.boolean(),
          code: z.string().nullable(),
          detail: z.string().nullable(),
        }),
      ),
    }),
  ),
  async handle({ params: { id } }, { jobDeps }) {
    const actions = await allowedActions(jobDeps, await findInvoice(jobDeps, id));
    return { body: { data: { invoice_id: id, actions } } };
  },
});

/** What an action would do, before it is done. */
export const invoiceConsequencesRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/invoices/:id/consequences',
  tag,
  summary: 'What an action on an invoice would do, in figures',
  description:
    'Decided as the action itself decides, and not recorded: how the invoice and the balance of its tenant ' +
    'stand `before` and `after`, the notes that would be issued, what other invoices would be paid, and ' +
    'which documents are made. `amount_cents` is that of a `payment` (default: what is open) or of a ' +
    '`credit`, before tax (default: all that is `left`). It is refused as the action would be.',
  access: 'admin',
  heavy: true,
  query: z.strictObject({ action, amount_cents: queryInteger(1, mostMonthCents).optional() }),
  response: one(
    z.strictObject({
      invoice_id: z.string(),
      tenant_id: z.string(),
      currency: z.string(),
      action,
      before: standing,
      after: standing,
      amount_cents: centsSchema.nullable(),
      left: z.strictObject({ subtotal_cents: centsSchema, total_cents: centsSchema }).nullable(),
      notes: z.array(foreseenNote),
      others: z.array(z.strictObject({ target_id: z.string(), amount_cents: centsSchema })),
      documents: z.array(z.enum(['invoice', 'receipt', ...correctionKinds])),
      addresses: z.int().min(1).nullable(),
    }),
  ),
  async handle({ params: { id }, query, meta }, { jobDeps }) {
    return { body: { data: await foreseeAction(jobDeps, { invoice_id: id, ...query }, meta) } };
  },
});

/** What may be done to invoices, and what it would do. */
export const invoiceActionRoutes = [invoiceActionsRoute, invoiceConsequencesRoute];

import { z } from 'zod';
import { sellerFields } from '../../../commands/parties/seller-fields.ts';
import { sellerOn } from '../../../projections/parties/seller-queries.ts';
import { commands } from '../../processes/commands.ts';
import { foundOr404 } from '../caller.ts';
import { answerCommand } from '../answer-command.ts';
import { defineRoute } from '../route.ts';
import { daySchema, one } from '../schemas.ts';
import { shownAddress } from './party-answer.ts';

const tag = 'customers';

const shownSeller = z.strictObject({
  effective_from: daySchema,
  legal_name: z.string(),
  tax_id: z.string(),
  address: shownAddress,
  email: z.string(),
  phone: z.string().nullable(),
  bank: z.strictObject({
    name: z.string(),
    account_name: z.string(),
    bsb: z.string().nullable(),
    account_number: z.string().nullable(),
    iban: z.string().nullable(),
    bic: z.string().nullable(),
  }),
  invoice_prefix: z.string(),
  footer: z.string().nullable(),
});

/** The seller in force. */
export const sellerRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/seller',
  tag,
  summary: 'The seller as it stands on new documents',
  description: 'The one in force today, or the first later one. 404 while none is set.',
  access: 'admin',
  response: one(shownSeller),
  async handle(_request, { ledger }) {
    const row = await ledger.query((db) => sellerOn(db, ledger.now().slice(0, 10)));
    const { recorded_at: _recordedAt, ...seller } = foundOr404(row, 'seller: none is set');
    return { body: { data: seller } };
  },
});

/** Sets the seller. */
export const setSellerRoute = defineRoute({
  method: 'PUT',
  path: '/api/v1/seller',
  tag,
  summary: 'Set the seller from a day on, by default today',
  description:
    'A dated fact: issued documents keep the seller that they were issued with. In Australia `tax_id` ' +
    'is an ABN. The bank account is a `bsb` with an `account_number`, or an `iban`. Invoice numbers begin ' +
    'with `invoice_prefix`. The same seller again changes nothing.',
  access: 'admin',
  body: sellerFields,
  response: one(shownSeller),
  handle: ({ body, meta }, { ledger }) =>
    answerCommand(
      ledger,
      commands.setSeller,
      { ...body, effective_from: body.effective_from ?? ledger.now().slice(0, 10) },
      meta,
    ),
});

/** The seller (spec 17). */
export const sellerRoutes = [sellerRoute, setSellerRoute];

import { z } from 'zod';
import { daySchema } from '../schemas.ts';

const text = z.string();
const optional = text.nullable();

const address = z.strictObject({
  lines: z.array(text),
  city: text,
  region: optional,
  postcode: optional,
  country: text,
});

/** The seller as it stands on a document. */
const frozenSeller = z.strictObject({
  legal_name: text,
  tax_id: text,
  address,
  email: text,
  phone: optional,
  bank: z.strictObject({
    name: text,
    account_name: text,
    bsb: optional,
    account_number: optional,
    iban: optional,
    bic: optional,
  }),
  footer: optional,
});

/** The customer as it stands on a document. */
const frozenBuyer = z.strictObject({
  tenant_id: text,
  legal_name: text,
  trading_name: optional,
  tax_id: optional,
  address,
  emails: z.strictObject({ billing: z.array(text) }),
  contact: optional,
  po_number: optional,
  locale: optional,
});

/**
 * Seller and buyer of the issue in force, as they are frozen on its document (null until it is), and what is
 * stored of every issue's document, with the last day on which the law keeps it.
 */
export const frozenParts = {
  seller: frozenSeller.nullable(),
  buyer: frozenBuyer.nullable(),
  documents: z.array(
    z.strictObject({
      issue_no: z.int().min(1),
      form: z.enum(['content', 'pdf', 'ubl']),
      sha256: text,
      retain_until: daySchema,
    }),
  ),
};

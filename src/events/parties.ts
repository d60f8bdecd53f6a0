import { z } from 'zod';
import type { EventOf } from './define.ts';
import { day, text } from './values.ts';

/** A personal field as it is stored: cipher text of `src/personal`, which names its key. */
export const sealedText = z.string().startsWith('sealed:');

/** The id of the key that sealed a text: `sealed:1:<key id>:<box>`. */
export const keyOfSealed = (sealed: string): string => sealed.split(':', 3)[2] ?? '';

/** A postal address. `country` is an ISO 3166-1 alpha-2 code. */
export const postalAddress = z.object({
  lines: z.array(text),
  city: text,
  region: text.nullable(),
  postcode: text.nullable(),
  country: text,
});
export type PostalAddress = z.output<typeof postalAddress>;

/** Where customers pay to. */
export const bankAccount = z.object({
  name: text,
  account_name: text,
  bsb: text.nullable(),
  account_number: text.nullable(),
  iban: text.nullable(),
  bic: text.nullable(),
});

/** Events of the seller (`seller`): the operator's company, as it stands on invoices. */
export const sellerEvents = {
  SellerSet: z.object({
    /** The day from which it stands on new documents. */
    effective_from: day,
    legal_name: text,
    tax_id: text,
    address: postalAddress,
    email: text,
    phone: text.nullable(),
    bank: bankAccount,
    invoice_prefix: text,
    footer: text.nullable(),
  }),
};

/** Events of a customer (`customer-<id>`, id from the tenant): its profile, with sealed personal fields. */
export const customerEvents = {
  CustomerProfileSet: z.object({
    tenant_id: text,
    effective_from: day,
    net_days: z.int(),
    locale: text.nullable(),
    legal_name: sealedText,
    trading_name: sealedText.nullable(),
    tax_id: sealedText.nullable(),
    /** JSON of a {@link PostalAddress}. */
    address: sealedText,
    /** JSON of `{billing: string[]}`. */
    emails: sealedText,
    contact: sealedText.nullable(),
    po_number: sealedText.nullable(),
  }),
  /** The tenant's data keys are destroyed: what they sealed reads `erased` from here on. */
  CustomerErased: z.object({
    tenant_id: text,
    key_ids: z.array(text),
    /** The last day on which issued documents keep their frozen copy; null: there are none. */
    documents_until: day.nullable(),
  }),
};

export type SellerEvent = EventOf<typeof sellerEvents>;
export type CustomerEvent = EventOf<typeof customerEvents>;

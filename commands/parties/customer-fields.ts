import { z } from 'zod';
import { defaultNetDays } from '../../src/pricing/payment-terms.ts';
import {
  addressFields,
  effectiveFrom,
  lineOf,
  mailAddress,
  notAnAbn,
  optional,
  partyName,
  storedTaxNumber,
  taxNumber,
  taxNumberFits,
} from './party-fields.ts';

/** The canonical form of a BCP 47 tag; null for what is none. */
function canonicalLocale(text: string): string | null {
  try {
    return Intl.getCanonicalLocales(text)[0] ?? null;
  } catch {
    return null;
  }
}

const locale = z
  .string()
  .max(100)
  .refine((text) => canonicalLocale(text) !== null, {
    error: 'expected a language tag of BCP 47 such as en-AU',
    abort: true,
  })
  .overwrite((text) => canonicalLocale(text) ?? text);

/** A customer's profile as it is set (spec 17). What passes is in its stored form. */
export const customerFields = z
  .strictObject({
    effective_from: optional(effectiveFrom),
    legal_name: partyName,
    trading_name: optional(partyName),
    tax_id: optional(taxNumber),
    address: addressFields,
    emails: z.strictObject({ billing: z.array(mailAddress).min(1).max(20) }),
    contact: optional(partyName),
    net_days: z
      .int()
      .min(0)
      .max(365)
      .nullable()
      .default(defaultNetDays)
      .transform((days) => days ?? defaultNetDays),
    po_number: optional(lineOf(200)),
    locale: optional(locale),
  })
  .superRefine(({ tax_id, address }, context) => {
    if (tax_id !== null && !taxNumberFits(address.country, tax_id))
      context.addIssue({ code: 'custom', path: ['tax_id'], message: notAnAbn });
  })
  .overwrite((profile) => ({
    ...profile,
    tax_id: profile.tax_id === null ? null : storedTaxNumber(profile.address.country, profile.tax_id),
  }));
export type CustomerFields = z.output<typeof customerFields>;

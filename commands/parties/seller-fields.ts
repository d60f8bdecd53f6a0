import { z } from 'zod';
import { isIban } from './check-digits.ts';
import {
  addressFields,
  because,
  effectiveFrom,
  lineOf,
  mailAddress,
  notAnAbn,
  optional,
  partyName,
  textOf,
  storedTaxNumber,
  taxNumber,
  taxNumberFits,
} from './party-fields.ts';

/** Spaces and hyphens make numbers readable; they are not stored. */
const compact = (text: string): string => text.replace(/[\s-]/g, '').toUpperCase();

const number = (form: RegExp, reason: string) =>
  z.string().max(50).overwrite(compact).regex(form, because(reason));

const bankFields = z
  .strictObject({
    name: partyName,
    account_name: partyName,
    bsb: optional(number(/^\d{6}$/, 'expected a BSB: 6 digits')),
    account_number: optional(number(/^[A-Z0-9]{1,34}$/, 'expected an account number: letters and digits')),
    iban: optional(
      z
        .string()
        .max(50)
        .overwrite(compact)
        .refine(isIban, because('expected an IBAN, of which two digits are check digits')),
    ),
    bic: optional(
      number(/^[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?$/, 'expected a BIC: 8 or 11 characters'),
    ),
  })
  .superRefine((bank, context) => {
    const miss = (field: string, message: string) => {
      context.addIssue({ code: 'custom', path: [field], message });
    };
    if (bank.bsb !== null && bank.account_number === null) miss('account_number', 'required with bsb');
    if (bank.account_number !== null && bank.bsb === null) miss('bsb', 'required with account_number');
    if (bank.bsb === null && bank.account_number === null && bank.iban === null)
      miss('iban', 'required where there is no bsb with account_number');
  });

/** Numbers of corrections begin with the prefix and `-CN`: a prefix must not look like one. */
const invoicePrefix = z
  .string()
  .regex(
    /^[A-Z0-9]+(-[A-Z0-9]+)*$/,
    because('expected capital letters and digits, with single hyphens between'),
  )
  .max(20)
  .refine((text) => !text.split('-').includes('CN'), because('CN is for the numbers of corrections'));

/** The seller as it is set (spec 17). What passes is in its stored form. */
export const sellerFields = z
  .strictObject({
    effective_from: optional(effectiveFrom),
    legal_name: partyName,
    tax_id: taxNumber,
    address: addressFields,
    email: mailAddress,
    phone: optional(lineOf(50)),
    bank: bankFields,
    invoice_prefix: invoicePrefix,
    footer: optional(textOf(2000)),
  })
  .superRefine(({ tax_id, address }, context) => {
    if (!taxNumberFits(address.country, tax_id))
      context.addIssue({ code: 'custom', path: ['tax_id'], message: notAnAbn });
  })
  .overwrite((seller) => ({ ...seller, tax_id: storedTaxNumber(seller.address.country, seller.tax_id) }));
export type SellerFields = z.output<typeof sellerFields>;

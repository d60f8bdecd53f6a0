// The forms of the fields that sellers and customers have in common. What passes is in its stored form.
import { z } from 'zod';
import { isValidDay } from '../../src/pricing/calendar.ts';
import { isAbn } from './check-digits.ts';
import { isCountry } from './countries.ts';

/** A reason that is given alone: further checks of the field are left out. */
export const because = (reason: string) => ({ error: reason, abort: true });

/** Text of one line, without spaces around it: it stands on documents and in headers of mails. */
export function lineOf(most: number) {
  return z
    .string()
    .max(most)
    .overwrite((text) => text.trim())
    .min(1, because('must not be blank'))
    .refine(
      (text) => !/[\p{Cc}\p{Cs}\u2028\u2029]/u.test(text),
      because('must be one line, without control characters'),
    );
}

/** Text of several lines, without spaces around it. */
export function textOf(most: number) {
  return z
    .string()
    .max(most)
    .overwrite((text) => text.trim())
    .min(1, because('must not be blank'))
    .refine((text) => !/[^\P{Cc}\n\r\t]|\p{Cs}/u.test(text), because('must not contain control characters'));
}

/** A field that may be left out, which is the same as null. */
export function optional<Field extends z.ZodType>(field: Field) {
  return field.nullable().default(null);
}

export const partyName = lineOf(500);

/** An address for mail, such as accounts@example.com. */
export const mailAddress = z
  .string()
  .max(254)
  .overwrite((text) => text.trim())
  .refine((text) => z.email().safeParse(text).success, because('expected an address such as me@example.com'));

/** A day from which a profile stands. */
export const effectiveFrom = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}$/, because('expected YYYY-MM-DD'))
  .refine(isValidDay, because('expected a date that exists, from 2000 to 2100'))
  .meta({ format: 'date', description: 'the day from which it stands on new documents; default: today' });

export const addressFields = z.strictObject({
  lines: z.array(lineOf(200)).min(1).max(6),
  city: lineOf(200),
  region: optional(lineOf(200)),
  postcode: optional(lineOf(20)),
  country: z
    .string()
    .refine(isCountry, because('expected a country of ISO 3166-1, two capital letters such as AU')),
});

/** A tax number; in Australia {@link taxNumberFits} holds too. */
export const taxNumber = lineOf(50);

const withoutSpaces = (text: string): string => text.replace(/\s/g, '');

/** Whether a tax number is one of its country: in Australia an ABN. */
export const taxNumberFits = (country: string, text: string): boolean =>
  country !== 'AU' || isAbn(withoutSpaces(text));

export const notAnAbn = 'expected an ABN: 11 digits, of which two are check digits';

/** The stored form of a tax number. */
export const storedTaxNumber = (country: string, text: string): string =>
  country === 'AU' ? withoutSpaces(text) : text;

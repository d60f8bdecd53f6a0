/** Schemas of requests and answers. `validate.ts` has refused U+0000 and lone surrogates before. */
import { z } from 'zod';
import { decimalFromNumber } from '../pricing/money.ts';

/** An id, slug or code: 1 to 200 characters, not `.` or `..`, which clients and proxies resolve in paths. */
export const idSchema = z
  .string()
  .min(1)
  .max(200)
  .refine((text) => text !== '.' && text !== '..', { error: 'can not be . or ..' });

/** A provider's id that is a UUID, in lower case as the provider writes it. */
export const uuidSchema = z
  .string()
  .regex(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/, 'expected a UUID');

/** A name for people: 1 to 500 characters. */
export const nameSchema = z.string().min(1).max(500);

/** Free text (a reason, a note): up to 2,000 characters. */
export const textSchema = z.string().max(2000);

/** The reason for something that can't be undone: 1 to 2,000 characters, not all of them blank. */
export const reasonSchema = textSchema.min(1).regex(/\S/, 'is blank');

const decimalForm = /^\d{1,15}(\.\d{1,12})?$/;

/** An exact decimal that is not negative: plain digits, at most 15 before and 12 after the point. */
export const decimalSchema = z
  .string()
  .regex(decimalForm, 'expected plain digits, at most 15 before and 12 after the point');

/** An exact decimal that may be negative, for answers. */
export const signedDecimalSchema = z.string().regex(/^-?\d+(\.\d+)?$/, 'expected a decimal');

/** Whether a JSON number is one decimal: up to 15 significant digits pass through a double unchanged. */
function readsExactly(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && Number(value.toPrecision(15)) === value;
}

/** A quantity in a request: a {@link decimalSchema}, or a JSON number that is made one. */
export const quantitySchema = z
  .preprocess((value) => (readsExactly(value) ? decimalFromNumber(value) : value), decimalSchema)
  .meta({ type: ['string', 'number'], pattern: decimalForm.source, minimum: 0 });

/** Integer cents of either sign. */
export const centsSchema = z.int();

/** A price in integer cents, never negative. */
export const priceCentsSchema = z.int().min(0);

const monthLengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/**
 * Whether 'YYYY-MM-DD' names a day that exists, from 2000 to 2100. Counted, since a batch has a thousand of
 * them and a `Date` takes several times as long.
 */
function dayExists(text: string): boolean {
  const year = Number(text.slice(0, 4));
  const month = Number(text.slice(5, 7));
  const day = Number(text.slice(8, 10));
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const length = month === 2 && isLeap ? 29 : (monthLengths[month - 1] ?? 0);
  return year >= 2000 && year <= 2100 && day >= 1 && day <= length;
}

const noSuchDay = 'expected a date that exists, from 2000 to 2100';

/** A UTC day, 'YYYY-MM-DD', that exists and lies in 2000–2100. */
export const daySchema = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}$/, { error: 'expected YYYY-MM-DD', abort: true })
  .refine(dayExists, { error: noSuchDay, abort: true })
  .meta({ format: 'date' });

/** A UTC calendar month: 'YYYY-MM' or any day in it. The output is the month's first day. */
export const periodSchema = z
  .string()
  .regex(/^\d{4}-\d{2}(-\d{2})?$/, { error: 'expected YYYY-MM or a date in the month', abort: true })
  .refine((text) => dayExists(text.length === 7 ? `${text}-01` : text), { error: noSuchDay, abort: true })
  .overwrite((text) => `${text.slice(0, 7)}-01`);

const instantForm = /^\d{4}-\d{2}-\d{2}T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,9})?(Z|\+00:00)$/;

/** The form of an instant leaves only its day to be checked. */
const instantExists = (text: string): boolean => dayExists(text.slice(0, 10));

/** Whether an instant has milliseconds and 'Z', as an output has. */
const hasOutputForm = (text: string): boolean => text.length === 24 && text.endsWith('Z');

/** An instant, ISO 8601 in UTC, in 2000–2100. The output has milliseconds and 'Z'. */
export const instantSchema = z
  .string()
  .regex(instantForm, { error: 'expected an ISO 8601 instant in UTC (…Z or …+00:00)', abort: true })
  .refine(instantExists, { error: 'expected an instant that exists, from 2000 to 2100', abort: true })
  .overwrite((text) => (hasOutputForm(text) ? text : new Date(text).toISOString()))
  .meta({ format: 'date-time' });

/** An instant or a day, as `as_of` and `known_at` take it. The output is the input. */
export const momentSchema = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}(T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,9})?Z)?$/, {
    error: 'expected YYYY-MM-DD or an ISO 8601 instant in UTC (…Z)',
    abort: true,
  })
  .refine((text) => (text.length === 10 ? dayExists(text) : instantExists(text)), {
    error: noSuchDay,
    abort: true,
  });

/** A whole number in a query string. */
export function queryInteger(min: number, max: number) {
  return z
    .preprocess(
      (value) => (typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value),
      z.int({ error: 'expected a whole number' }).min(min).max(max),
    )
    .meta({ type: 'integer', minimum: min, maximum: max });
}

/** `true` or `false` in a query string. */
export const queryBoolean = z
  .preprocess(
    (value) => (value === 'true' ? true : value === 'false' ? false : value),
    z.boolean({ error: 'expected true or false' }),
  )
  .meta({ type: 'boolean' });

/** The query of every list: `query: z.strictObject({ ...page, kind: … })`. */
export const pageQuery = {
  limit: queryInteger(1, 500).default(50).meta({ description: 'at most so many rows; 50 by default' }),
  cursor: z.string().min(1).max(2000).optional(),
};

/** `as_of` and `known_at` of a single object's read. */
export const asOfQuery = { as_of: momentSchema.optional(), known_at: momentSchema.optional() };

/** The answer with one object: `{data: {…}}`. */
export function one<Item extends z.ZodType>(item: Item) {
  return z.strictObject({ data: item });
}

/** The answer of a route that sends a file. */
export const fileSchema = z.string().meta({ format: 'binary', description: 'The bytes of the file' });

/** The answer with a list: `{data: […], next_cursor}`; `.extend({ summary })` adds members beside them. */
export function list<Item extends z.ZodType>(item: Item) {
  return z.strictObject({ data: z.array(item), next_cursor: z.string().nullable() });
}

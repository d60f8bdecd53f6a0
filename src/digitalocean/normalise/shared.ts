import { z } from 'zod';
import { DigitalOceanError } from '../errors.ts';
import { canonicalJson } from '../../runtime/canonical-json.ts';
import type { JsonValue } from '../../runtime/json.ts';
import { decimalText } from '../decimal-text.ts';
import type { ItemPlace } from '../paging.ts';
import { readAnswer } from '../read-answer.ts';

/** An id as text: DigitalOcean writes some as numbers, `provider_id` is always a string. */
export const providerIdSchema = z.union([z.int(), z.string().min(1)]).transform(String);

/** An id within `attrs`: as DigitalOcean writes it, a number for droplets and images, text for all else. */
export const givenIdSchema = z.union([z.int(), z.string().min(1)]);

/** Sorted ids as DigitalOcean writes them; a null or missing array is an empty one. */
export const idSetSchema = z
  .array(givenIdSchema)
  .nullish()
  .transform((ids) =>
    [...new Set(ids ?? [])].sort((a, b) =>
      typeof a === 'number' && typeof b === 'number' ? a - b : String(a) < String(b) ? -1 : 1,
    ),
  );

/** Sorted strings (tags, slugs, addresses). */
export const textSetSchema = z
  .array(z.string())
  .nullish()
  .transform((texts) => sortedSet(texts ?? []));

/** A region as an object with a slug, as a slug, or none (global load balancers). */
export const regionSchema = z
  .union([z.string(), z.object({ slug: z.string().nullish() })])
  .nullish()
  .transform((region) => (typeof region === 'string' ? region : (region?.slug ?? null)));

/** A status in lower case: statuses are an open set, and their case varies. */
export const statusSchema = z
  .string()
  .min(1)
  .transform((status) => status.toLowerCase());

/** A size as exact decimal text, from a JSON number or its text. */
export const decimalTextSchema = z
  .union([z.number(), z.string().regex(/^\d+(?:\.\d+)?$/)])
  .transform(decimalText);

/** A time as ISO 8601 UTC; null where it is missing or unreadable, which is no reason for a sync to fail. */
export const timeSchema = z
  .string()
  .nullish()
  .transform((text) => {
    if (text === null || text === undefined || Number.isNaN(Date.parse(text))) return null;
    return new Date(text).toISOString().replace('.000Z', 'Z');
  });

/** The status of kinds for which DigitalOcean has none. */
export const listedStatus = 'active';

function sortedSet(values: readonly string[]): string[] {
  return [...new Set(values)].sort();
}

/** Objects such as rules in a stable order; DigitalOcean promises none. */
export function sortedObjects<T extends JsonValue>(values: readonly T[]): T[] {
  return [...values].sort((a, b) => (canonicalJson(a) < canonicalJson(b) ? -1 : 1));
}

/** A field that DigitalOcean leaves out without an error when the token lacks a scope. */
export interface ScopedField {
  field: string;
  scope: string;
}

/**
 * Parses one object of an answer. A missing scope-bound field (null is not missing) fails the whole answer: a
 * token that lost a scope must not read as a change of the account. Throws DigitalOceanError `forbidden`
 * naming scope and field, or `malformed`.
 */
export function readObject<T>(
  schema: z.ZodType<T>,
  raw: unknown,
  where: ItemPlace,
  scoped: readonly ScopedField[] = [],
): T {
  if (isObject(raw)) {
    const missing = scoped.find(({ field }) => !(field in raw));
    if (missing !== undefined) throw missingScope(missing, where);
  }
  return readAnswer(schema, raw, where.path, where.field);
}

/**
 * A page of a list. Scope-bound fields that only some objects have are null in the others: a missing scope
 * takes its fields from all objects alike.
 */
export function withoutGaps(page: readonly unknown[], scoped: readonly ScopedField[]): unknown[] {
  const given = scoped.filter(({ field }) => page.some((raw) => isObject(raw) && field in raw));
  if (given.length === 0) return [...page];
  const nulls = Object.fromEntries(given.map(({ field }) => [field, null]));
  return page.map((raw) => (isObject(raw) ? { ...nulls, ...raw } : raw));
}

const isObject = (raw: unknown): raw is object =>
  typeof raw === 'object' && raw !== null && !Array.isArray(raw);

/** The error of an answer from which a scope-bound field is missing. */
export function missingScope({ field, scope }: ScopedField, where: ItemPlace): DigitalOceanError {
  const missing = where.field === '' ? field : `${where.field}.${field}`;
  return new DigitalOceanError({
    code: 'forbidden',
    message: `DigitalOcean GET ${where.path}: ${missing} is missing; the token lacks the scope ${scope}`,
    status: 200,
    path: where.path,
  });
}

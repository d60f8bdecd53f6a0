/** A JSON value. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json | undefined };

/** A JSON object; an undefined member is left out when it is serialised. */
export interface JsonObject {
  [key: string]: Json | undefined;
}

/** Narrows a JSON value to an object (neither an array nor null). */
export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The text of a string or number; the empty string for anything else. */
export const textOf = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : '';

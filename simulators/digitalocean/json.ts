/** A JSON value. */
export type ApiJson = string | number | boolean | null | ApiJson[] | { [key: string]: ApiJson | undefined };

/** A JSON object; an undefined member is left out when it is serialised. */
export interface ApiObject {
  [key: string]: ApiJson | undefined;
}

/** Narrows a JSON value to an object (neither an array nor null). */
export const isJsonObject = (value: unknown): value is ApiObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The text of a string or number; the empty string for anything else. */
export const textOf = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : '';

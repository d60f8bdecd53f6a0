import type { Request } from 'express';
import express from 'express';

/** The most bytes of a form: a pasted list of customers is the largest. */
export const readForm = express.urlencoded({ extended: false, limit: '1mb', parameterLimit: 5_000 });

/** What a form sent, by name; of a name that was sent twice the last one counts. */
export function fieldsOf(request: Request): Record<string, string> {
  const body: unknown = request.body;
  if (typeof body !== 'object' || body === null) return {};
  return Object.fromEntries(
    Object.entries(body).map(([name, value]) => [name, String(Array.isArray(value) ? value.at(-1) : value)]),
  );
}

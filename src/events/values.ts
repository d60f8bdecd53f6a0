import { z } from 'zod';

/**
 * Shapes that events share. Events are storage: a field may be added as optional, nothing else may change.
 */

/** Integer cents. */
export const cents = z.int();
/** Exact decimal in plain digits. */
export const decimal = z.string().regex(/^-?\d+(\.\d+)?$/);
/** UTC day, `YYYY-MM-DD`. */
export const day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/);
/** ISO 8601 instant in UTC. */
export const instant = z.string().regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$/);
export const text = z.string();
/** Any JSON value. */
export const json = z.json();
/** A JSON object. */
export const jsonObject = z.record(z.string(), z.json());

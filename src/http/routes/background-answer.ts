import { z } from 'zod';
import type { BackgroundRun } from '../../database/background-run-store.ts';
import { instantSchema } from '../schemas.ts';

const count = z.int().min(0);

/** How far long work in the background has come. */
export const backgroundRunAnswer = {
  id: z.string(),
  actor: z.string(),
  status: z.enum(['running', 'completed', 'failed', 'interrupted']),
  /** What is being done; null before and after. */
  step: z.string().nullable(),
  /** So many of so many pieces of the step. */
  done: count,
  total: count,
  per_second: count,
  seconds_left: count.nullable(),
  error: z.string().nullable(),
  started_at: instantSchema,
  updated_at: instantSchema,
  finished_at: instantSchema.nullable(),
};

/** A run in the background without what was asked and found, which each kind shows in its own way. */
export function showBackgroundRun({ input: _input, summary: _summary, ...run }: BackgroundRun) {
  return run;
}

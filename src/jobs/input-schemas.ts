/** What the inputs of several jobs have in common. Their formats tell forms which field to show. */
import { z } from 'zod';
import { isValidDay, isValidPeriod, normalisePeriod } from '../pricing/calendar.ts';

/** A UTC day. */
export const jobDay = z
  .string()
  .refine(isValidDay, 'expected a date that exists (YYYY-MM-DD), from 2000 to 2100')
  .meta({ format: 'date', description: 'A UTC day' });

/** A month, or any day in it; the output is its first day. */
export const jobPeriod = z
  .string()
  .refine(isValidPeriod, {
    error: 'expected YYYY-MM or a date in the month, from 2000 to 2100',
    abort: true,
  })
  .overwrite(normalisePeriod)
  .meta({ format: 'month', description: 'A month, YYYY-MM' });

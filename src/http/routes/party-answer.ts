import { z } from 'zod';

/** A postal address in answers. Each field of an erased one reads `erased`. */
export const shownAddress = z.strictObject({
  lines: z.array(z.string()),
  city: z.string(),
  region: z.string().nullable(),
  postcode: z.string().nullable(),
  country: z.string(),
});

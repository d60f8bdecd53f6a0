import { Decimal } from 'decimal.js';
import { z } from 'zod';
import { decimalText } from './decimal-text.ts';
import { readObject } from './normalise/shared.ts';
import { listAll } from './paging.ts';
import type { Transport } from './transport.ts';

/** A droplet size that is sold. Its list prices, in USD, are the exact text of the floats that came. */
export interface ListedSize {
  slug: string;
  price_monthly: string;
  price_hourly: string;
  memory_mb: number;
  vcpus: number;
  disk_gb: number;
  available: boolean;
}

export interface SizesApi {
  /** All sizes, each once. */
  listSizes(): Promise<ListedSize[]>;
}

/** No size costs as much; more digits than this would not be a price. */
const mostDollars = 10_000_000;

const priceSchema = z
  .union([
    z.number(),
    z
      .string()
      .max(40)
      .regex(/^\d+(?:\.\d+)?(?:e[+-]?\d{1,2})?$/i, 'expected a price'),
  ])
  .transform(decimalText)
  .refine((price) => {
    const dollars = new Decimal(price);
    return dollars.gte(0) && dollars.lte(mostDollars);
  }, 'expected a price of at least 0');

const sizeSchema = z
  .object({
    slug: z.string().regex(/^[a-z0-9][\w.-]{0,99}$/i, 'expected the slug of a size'),
    price_monthly: priceSchema,
    price_hourly: priceSchema,
    memory: z.int().nonnegative(),
    vcpus: z.int().nonnegative(),
    disk: z.int().nonnegative(),
    available: z
      .boolean()
      .nullish()
      .transform((available) => available ?? true),
  })
  .transform(({ memory, disk, ...size }): ListedSize => ({ ...size, memory_mb: memory, disk_gb: disk }));

/** The list of sizes. It is complete, or throws DigitalOceanError. */
export function createSizesApi(transport: Transport): SizesApi {
  return {
    listSizes: () =>
      listAll(transport, {
        path: '/v2/sizes',
        rootKey: 'sizes',
        read: (raw, where) => readObject(sizeSchema, raw, where),
        keyOf: ({ slug }) => slug,
        priority: 'rest',
      }),
  };
}

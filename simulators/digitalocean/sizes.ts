import type { ApiObject } from './json.ts';

export interface Size {
  slug: string;
  /** MB */
  memory: number;
  vcpus: number;
  /** GB */
  disk: number;
}

/** Disk in GB and list prices in USD, a month and an hour. */
const offers: Record<string, { disk: number; monthly: number; hourly: number }> = {
  's-1vcpu-512mb-10gb': { disk: 10, monthly: 4, hourly: 0.00595 },
  's-1vcpu-1gb': { disk: 25, monthly: 6, hourly: 0.00893 },
  's-1vcpu-2gb': { disk: 50, monthly: 12, hourly: 0.01786 },
  's-2vcpu-2gb': { disk: 60, monthly: 18, hourly: 0.02679 },
  's-2vcpu-4gb': { disk: 80, monthly: 24, hourly: 0.03571 },
  's-4vcpu-8gb': { disk: 160, monthly: 48, hourly: 0.07143 },
  's-8vcpu-16gb': { disk: 320, monthly: 96, hourly: 0.14286 },
};

/** The size a slug names, or null for one the provider does not sell. */
export const sizeOf = (slug: string): Size | null => {
  const disk = offers[slug]?.disk;
  const parts = /^s-(\d+)vcpu-(\d+)(mb|gb)/.exec(slug);
  if (disk === undefined || parts === null) return null;
  return { slug, vcpus: Number(parts[1]), memory: Number(parts[2]) * (parts[3] === 'gb' ? 1024 : 1), disk };
};

/** A size as droplets and the list of sizes show it. Its prices are inexact floats, as the provider's are. */
export const sizeObject = (slug: string): ApiObject & { slug: string } => {
  const size = sizeOf(slug) ?? { slug, memory: 1024, vcpus: 1, disk: 25 };
  const { monthly, hourly } = offers[slug] ?? { monthly: 6, hourly: 0.00893 };
  return {
    ...size,
    transfer: 1,
    price_monthly: monthly,
    price_hourly: Math.fround(hourly),
    regions: ['syd1'],
    available: true,
    description: 'Basic',
  };
};

/** Every size that is sold, as `/v2/sizes` lists it. */
export const listedSizes = (): (ApiObject & { slug: string })[] => Object.keys(offers).map(sizeObject);

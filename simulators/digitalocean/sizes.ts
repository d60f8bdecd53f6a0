import type { ApiObject } from './json.ts';

export interface Size {
  slug: string;
  /** MB */
  memory: number;
  vcpus: number;
  /** GB */
  disk: number;
}

const diskBySlug: Record<string, number> = {
  's-1vcpu-512mb-10gb': 10,
  's-1vcpu-1gb': 25,
  's-1vcpu-2gb': 50,
  's-2vcpu-2gb': 60,
  's-2vcpu-4gb': 80,
  's-4vcpu-8gb': 160,
  's-8vcpu-16gb': 320,
};

/** The size a slug names, or null for one the provider does not sell. */
export const sizeOf = (slug: string): Size | null => {
  const disk = diskBySlug[slug];
  const parts = /^s-(\d+)vcpu-(\d+)(mb|gb)/.exec(slug);
  if (disk === undefined || parts === null) return null;
  return { slug, vcpus: Number(parts[1]), memory: Number(parts[2]) * (parts[3] === 'gb' ? 1024 : 1), disk };
};

/** The `size` member of a droplet. Its prices are inexact floats, as the provider's are: never billed. */
export const sizeObject = (slug: string): ApiObject => {
  const size = sizeOf(slug) ?? { slug, memory: 1024, vcpus: 1, disk: 25 };
  return {
    ...size,
    transfer: 1,
    price_monthly: 6,
    price_hourly: 0.00892999969422817,
    regions: ['syd1'],
    available: true,
    description: 'Basic',
  };
};

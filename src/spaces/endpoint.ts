/** Where the buckets of one region are. */
export interface RegionEndpoint {
  /** An origin, without the bucket. */
  url: string;
  /** The region that requests are signed for. */
  region: string;
}

/** A host of DigitalOcean names the region: `fra1.digitaloceanspaces.com`. */
const regionalHost = /^([a-z]{3}\d+)\.digitaloceanspaces\.com$/;
const regionName = /^[a-z]{3}\d+$/;

/** S3's name for no particular region, which any store with one region takes. */
const noRegion = 'us-east-1';

/**
 * The endpoint of a bucket. One of DigitalOcean is that of the region in which the bucket is; an endpoint of
 * another host has all buckets.
 * @param base the configured endpoint, an origin
 * @param region of the bucket; null where it is unknown: the one of the endpoint
 */
export function endpointOf(base: string, region: string | null): RegionEndpoint {
  const url = new URL(base);
  const own = regionalHost.exec(url.hostname)?.[1];
  const known = region !== null && regionName.test(region) ? region : null;
  if (own === undefined) return { url: url.origin, region: known ?? noRegion };
  if (known === null) return { url: url.origin, region: own };
  url.hostname = `${known}.digitaloceanspaces.com`;
  return { url: url.origin, region: known };
}

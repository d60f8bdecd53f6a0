import { liveBuckets, type LiveBucket } from '../../projections/inventory/bucket-queries.ts';
import { refuse, Refused } from '../ledger/refusal.ts';
import { daysBetween, dayOf } from '../pricing/calendar.ts';
import { groupBy } from '../runtime/group-by.ts';
import { mapBounded } from '../runtime/map-bounded.ts';
import type { SpacesClient } from '../spaces/client.ts';
import { SpacesError } from '../spaces/spaces-error.ts';
import { BucketWalkError, sumBucket, type BucketSize } from '../spaces/sum-bucket.ts';
import { commands } from './commands.ts';
import type { ProcessDeps, ProcessRun } from './process.ts';

/** What a run did: buckets in the inventory, and those whose size or number of objects was recorded anew. */
export interface SpacesSizesResult {
  seen: number;
  changed: number;
}

/** Buckets that are walked at once. */
const walkConcurrency = 4;

/** After so many buckets in a row without an answer the others are not asked: each would wait for minutes. */
const mostSilent = 4;

/** Why a bucket has no new size. */
interface Unmeasured {
  name: string;
  reason: string;
}

/** @throws {Refused} `not-configured` without keys of Spaces */
function requireSpaces(client: SpacesClient | null | undefined): SpacesClient {
  if (client === null || client === undefined)
    throw new Refused(refuse('not-configured', 'no keys of Spaces are configured (SPACES_KEY)'));
  return client;
}

/** Another bucket is first each day, so that a run that ends at its limit leaves out others the next day. */
function inTurn(buckets: readonly LiveBucket[], day: string): LiveBucket[] {
  const first = buckets.length === 0 ? 0 : daysBetween('2000-01-01', day) % buckets.length;
  return [...buckets.slice(first), ...buckets.slice(0, first)];
}

/** Measures buckets within the limits of one run: answers the size of a bucket, or why it has none. */
function measurerOf({ limits, listObjects }: SpacesClient) {
  let [requests, silent] = [0, 0];
  const spend = (): void => {
    if (requests >= limits.requestsPerRun)
      throw new BucketWalkError(`the run has used its ${limits.requestsPerRun} requests`);
    requests++;
  };
  return async (bucket: LiveBucket): Promise<BucketSize | Unmeasured> => {
    const { name } = bucket;
    if (silent >= mostSilent) return { name, reason: 'not asked, as Spaces did not answer for others' };
    try {
      const size = await sumBucket((token) => listObjects(bucket, token, spend), limits.pagesPerBucket);
      silent = 0;
      return size;
    } catch (error) {
      if (!(error instanceof SpacesError || error instanceof BucketWalkError)) throw error;
      const isSilent = error instanceof SpacesError && error.code === 'unavailable' && error.status === null;
      silent = isSilent ? silent + 1 : 0;
      return { name, reason: error.message };
    }
  };
}

/** The buckets with the same reason together: a wrong key fails all of them. */
function listed(failed: readonly Unmeasured[]): string {
  const inOrder = [...failed].sort((a, b) => (a.name < b.name ? -1 : 1));
  const names = groupBy(inOrder, ({ reason }) => reason);
  return [...names].map(([reason, of]) => `${of.map(({ name }) => name).join(', ')}: ${reason}`).join('; ');
}

/**
 * Measures every live bucket (spec 3): what its objects add up to, recorded where it differs. A bucket that
 * can't be read to its end keeps its last size; the others are recorded all the same.
 * @throws {Refused} `not-configured`; `upstream-failed`, which names each bucket that was not measured
 */
export async function spacesSizes(
  { ledger, spaces, logger }: Pick<ProcessDeps, 'ledger' | 'spaces' | 'logger'>,
  run: ProcessRun,
): Promise<SpacesSizesResult> {
  const client = requireSpaces(spaces);
  const buckets = inTurn(await ledger.readLatest(liveBuckets), dayOf(ledger.now()));
  const sizeOf = measurerOf(client);
  const failed: Unmeasured[] = [];
  let [done, changed] = [0, 0];
  await mapBounded(
    buckets,
    async (bucket) => {
      const measured_at = ledger.now();
      const size = await sizeOf(bucket);
      if ('reason' in size) {
        logger.warn({ bucket: size.name, reason: size.reason }, 'a bucket was not measured');
        failed.push(size);
      } else {
        const input = {
          resource_id: bucket.id,
          size_bytes: String(size.bytes),
          objects: size.objects,
          measured_at,
        };
        const { appended } = await ledger.execute(commands.measureBucket, input, run.meta());
        if (appended > 0) changed++;
      }
      run.progress(++done, buckets.length, 'buckets');
    },
    walkConcurrency,
  );
  if (failed.length > 0)
    throw new Refused(
      refuse(
        'upstream-failed',
        `${failed.length} of ${buckets.length} buckets not measured: ${listed(failed)}`,
      ),
    );
  return { seen: buckets.length, changed };
}

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

/** Counts the requests of a run. @returns takes one more; throws where the run has used them all */
function requestsOf({ limits: { requestsPerRun } }: SpacesClient): () => void {
  let spent = 0;
  return () => {
    if (spent >= requestsPerRun) throw new BucketWalkError(`the run has used its ${requestsPerRun} requests`);
    spent++;
  };
}

/** Another bucket is first each day, so that a run that ends at its limit leaves out others the next day. */
function inTurn(buckets: readonly LiveBucket[], day: string): LiveBucket[] {
  const first = buckets.length === 0 ? 0 : daysBetween('2000-01-01', day) % buckets.length;
  return [...buckets.slice(first), ...buckets.slice(0, first)];
}

/** The size of a bucket, or why it has none. */
async function sizeOf(
  client: SpacesClient,
  bucket: LiveBucket,
  spend: () => void,
): Promise<BucketSize | Unmeasured> {
  try {
    return await sumBucket((token) => client.listObjects(bucket, token, spend), client.limits.pagesPerBucket);
  } catch (error) {
    if (error instanceof SpacesError || error instanceof BucketWalkError)
      return { name: bucket.name, reason: error.message };
    throw error;
  }
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
  const spend = requestsOf(client);
  const failed: Unmeasured[] = [];
  let [done, changed] = [0, 0];
  await mapBounded(
    buckets,
    async (bucket) => {
      const measured_at = ledger.now();
      const size = await sizeOf(client, bucket, spend);
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

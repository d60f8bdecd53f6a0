import { sameSize, sizeFactsOf, type ListSize } from '../../../commands/costs/list-size.ts';
import { latestSizes } from '../../../projections/costs/size-queries.ts';
import { refuse, Refused } from '../../ledger/refusal.ts';
import { dayOf } from '../../pricing/calendar.ts';
import { mapBounded } from '../../runtime/map-bounded.ts';
import { askUpstream, requireDigitalOcean } from '../ask-upstream.ts';
import { commands } from '../commands.ts';
import type { ProcessDeps, ProcessRun } from '../process.ts';

/** What a run did: sizes in the list, those recorded anew, and those withdrawn. */
export interface SizesResult {
  seen: number;
  changed: number;
  withdrawn: number;
}

/**
 * Mirrors the sizes and their list prices (spec 5). The whole list is read and checked before anything is
 * recorded.
 * @throws {Refused} `upstream-failed`, also for an empty list where sizes are known
 */
export async function syncSizes(
  { ledger, digitalOcean }: Pick<ProcessDeps, 'ledger' | 'digitalOcean'>,
  run: ProcessRun,
): Promise<SizesResult> {
  const listed = await askUpstream('the sizes', requireDigitalOcean(digitalOcean).listSizes());
  const day = dayOf(ledger.now());
  const known = await ledger.readLatest(latestSizes);
  const offered = [...known.values()].filter(({ withdrawn_on }) => withdrawn_on === null);
  if (listed.length === 0 && offered.length > 0)
    throw new Refused(
      refuse('upstream-failed', `the sizes: the list is empty, and ${offered.length} sizes are known`),
    );
  const differing = listed
    .map((size): ListSize => ({ ...size, day }))
    .filter((size) => {
      const row = known.get(size.slug);
      return row === undefined || row.withdrawn_on !== null || !sameSize(row, sizeFactsOf(size));
    });
  const slugs = new Set(listed.map(({ slug }) => slug));
  const gone = offered.filter(({ slug }) => !slugs.has(slug));
  const listings = await mapBounded(differing, (size) => ledger.execute(commands.listSize, size, run.meta()));
  const withdrawals = await mapBounded(gone, ({ slug }) =>
    ledger.execute(commands.withdrawSize, { slug, day }, run.meta()),
  );
  const count = (outcomes: readonly { appended: number }[]): number =>
    outcomes.filter(({ appended }) => appended > 0).length;
  return { seen: listed.length, changed: count(listings), withdrawn: count(withdrawals) };
}

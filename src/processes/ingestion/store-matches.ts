import { costMatchesInParts } from '../../../commands/costs/cost-parts.ts';
import type { MatchSet } from '../../../commands/costs/ingest-provider-invoice.ts';
import type { CostLineMatch } from '../../events/costs.ts';
import type { CommandMeta, Ledger } from '../../ledger/ledger.ts';
import { inTurns } from '../../runtime/in-turns.ts';

/** Stores a match set in parts on a stream of its own. It counts once the invoice names it. */
export async function storeMatches(
  ledger: Ledger,
  uuid: string,
  matches: readonly CostLineMatch[],
  meta: () => CommandMeta,
): Promise<MatchSet> {
  const { hash, stream, events } = await inTurns(costMatchesInParts(uuid, matches));
  await ledger.storeParts([{ stream, events }], meta());
  const matched = matches.filter(({ resource_id }) => resource_id !== null).length;
  return { hash, parts: events.length, matched, unmatched: matches.length - matched };
}

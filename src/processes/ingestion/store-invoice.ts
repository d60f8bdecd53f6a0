import { costLineSteps } from '../../../commands/costs/cost-lines.ts';
import { costLinesInParts } from '../../../commands/costs/cost-parts.ts';
import { lineMatcher } from '../../../commands/costs/match-lines.ts';
import { withLinkSteps } from '../../../commands/costs/line-links.ts';
import {
  linksOf,
  providerInvoice,
  providerInvoiceStream,
  type ProviderInvoiceState,
} from '../../../commands/costs/provider-invoice.ts';
import { foldStream } from '../../ledger/fold-stream.ts';
import { resourceIdsOfLines } from '../../../projections/costs/provider-invoice-queries.ts';
import { commands } from '../commands.ts';
import { canonicalJson } from '../../runtime/canonical-json.ts';
import { inTurns, mapSteps } from '../../runtime/in-turns.ts';
import type { CommandMeta, CommandOutcome, Ledger } from '../../ledger/ledger.ts';
import type { CostLine } from '../../events/costs.ts';
import { totalOf } from '../../pricing/money.ts';
import type { FetchedInvoice } from './fetch-invoice.ts';
import { candidatesFor, periodOf } from './line-candidates.ts';
import { retried } from './retried.ts';
import { storeMatches } from './store-matches.ts';

/** A stored invoice: its lines, and its state after the command. */
export interface StoredInvoice {
  lines: CostLine[];
  linesHash: string;
  outcome: CommandOutcome<ProviderInvoiceState>;
  /** Whether it found that the provider had issued the invoice anew without notice. */
  foundReissue: boolean;
}

/**
 * Stores an invoice's lines, matches them to the inventory as it is now, and makes both sets the invoice's.
 * Each set goes in parts on a stream of its own before the invoice names it, so a run that dies half-way has
 * changed nothing.
 */
export async function storeInvoice(
  ledger: Ledger,
  fetched: FetchedInvoice,
  meta: () => CommandMeta,
): Promise<StoredInvoice> {
  return retried(() => storeOnce(ledger, fetched, meta));
}

async function storeOnce(
  ledger: Ledger,
  { summary, csvLines, items, warnings, warnings_count }: FetchedInvoice,
  meta: () => CommandMeta,
): Promise<StoredInvoice> {
  const built = await inTurns(costLineSteps(csvLines, items));
  const lineParts = await inTurns(costLinesInParts(summary.uuid, built));
  // Without the JSON form, the ids that it gave the same lines before still hold.
  const ids =
    items === null
      ? await ledger.readLatest((db) => resourceIdsOfLines(db, summary.uuid, lineParts.hash))
      : null;
  const lines =
    ids === null
      ? built
      : await inTurns(
          mapSteps(built, (line) => ({ ...line, provider_resource_id: ids.get(line.line_no) ?? null })),
        );
  const candidates = await ledger.readLatest((db) => candidatesFor(db, lines, periodOf(summary)));
  const matchOf = lineMatcher(candidates, periodOf(summary));
  const state = foldStream(providerInvoice, await ledger.events(providerInvoiceStream(summary.uuid)));
  const links = linksOf(state);
  const found = await inTurns(mapSteps(lines, matchOf));
  const matches = await inTurns(withLinkSteps(lines, found, links));
  const { events } = ids === null ? lineParts : await inTurns(costLinesInParts(summary.uuid, lines));
  await ledger.storeParts([{ stream: lineParts.stream, events }], meta());
  const outcome = await ledger.execute(
    commands.ingestProviderInvoice,
    {
      invoice_uuid: summary.uuid,
      invoice_id: summary.invoice_id,
      period: summary.billing_period,
      amount_cents: summary.amount_cents,
      lines: {
        hash: lineParts.hash,
        parts: lineParts.events.length,
        count: lines.length,
        total_cents: totalOf(lines),
        tax_cents: totalOf(lines.filter((line) => line.is_tax)),
      },
      warnings,
      warnings_count,
      matches: await storeMatches(ledger, summary.uuid, matches, meta),
      links,
    },
    meta(),
  );
  const { reissue } = outcome.result;
  const foundReissue = reissue?.ingested === true && canonicalJson(reissue) !== canonicalJson(state.reissue);
  return { lines, linesHash: lineParts.hash, outcome, foundReissue };
}

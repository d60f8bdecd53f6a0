import { costLineSteps } from '../../../commands/costs/cost-lines.ts';
import { costLinesInParts, costMatchesInParts } from '../../../commands/costs/cost-parts.ts';
import { lineMatcher, type LinePeriod, type MatchCandidate } from '../../../commands/costs/match-lines.ts';
import { withLinks } from '../../../commands/costs/line-links.ts';
import {
  linksOf,
  providerInvoice,
  providerInvoiceStream,
  type ProviderInvoiceState,
} from '../../../commands/costs/provider-invoice.ts';
import { foldStream } from '../../ledger/fold-stream.ts';
import { Refused } from '../../ledger/refusal.ts';
import { resourceIdsOfLines } from '../../../projections/costs/provider-invoice-queries.ts';
import { matchCandidates } from '../../../projections/inventory/match-queries.ts';
import { commands } from '../commands.ts';
import type { Db } from '../../database/db.ts';
import type { InvoiceSummary } from '../../digitalocean/billing-api.ts';
import { inTurns, mapSteps } from '../../runtime/in-turns.ts';
import type { CommandMeta, CommandOutcome, Ledger } from '../../ledger/ledger.ts';
import type { CostLine } from '../../events/costs.ts';
import { addMonths } from '../../pricing/calendar.ts';
import { totalOf } from '../../pricing/money.ts';
import type { FetchedInvoice } from './fetch-invoice.ts';

/** A stored invoice: its lines, and its state after the command. */
export interface StoredInvoice {
  lines: CostLine[];
  linesHash: string;
  outcome: CommandOutcome<ProviderInvoiceState>;
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

/** Most tries of a change whose invoice another process changes at the same time. */
const mostTries = 10;

/** Runs a task again while it is refused with `conflict`: what it had read was changed meanwhile. */
export async function retried<T>(task: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await task();
    } catch (error) {
      const isLost = error instanceof Refused && error.refusal.refused === 'conflict';
      if (!isLost || attempt === mostTries) throw error;
    }
  }
}

async function storeOnce(
  ledger: Ledger,
  { summary, csvLines, items, warnings, warnings_count }: FetchedInvoice,
  meta: () => CommandMeta,
): Promise<StoredInvoice> {
  const built = await inTurns(costLineSteps(csvLines, items));
  const lineParts = await inTurns(costLinesInParts(summary.uuid, built));
  const known = await ledger.readLatest(async (db) => ({
    candidates: await candidatesFor(db, built, periodOf(summary)),
    ids: items === null ? await resourceIdsOfLines(db, summary.uuid, lineParts.hash) : null,
  }));
  // Without the JSON form, the ids that it gave the same lines before still hold.
  const { ids } = known;
  const lines =
    ids === null
      ? built
      : await inTurns(
          mapSteps(built, (line) => ({ ...line, provider_resource_id: ids.get(line.line_no) ?? null })),
        );
  const matchOf = lineMatcher(known.candidates, periodOf(summary));
  const state = foldStream(providerInvoice, await ledger.events(providerInvoiceStream(summary.uuid)));
  const links = linksOf(state);
  const matches = withLinks(lines, await inTurns(mapSteps(lines, matchOf)), links);
  const matchParts = await inTurns(costMatchesInParts(summary.uuid, matches));
  await ledger.storeParts(
    lineParts.stream,
    (ids === null ? lineParts : await inTurns(costLinesInParts(summary.uuid, lines))).events,
    meta(),
  );
  await ledger.storeParts(matchParts.stream, matchParts.events, meta());

  const matched = matches.filter((match) => match.resource_id !== null).length;
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
      matches: {
        hash: matchParts.hash,
        parts: matchParts.events.length,
        matched,
        unmatched: matches.length - matched,
      },
      links,
    },
    meta(),
  );
  return { lines, linesHash: lineParts.hash, outcome };
}

/** The month that is billed, as instants. */
export function periodOf({ billing_period }: Pick<InvoiceSummary, 'billing_period'>): LinePeriod {
  return { from: `${billing_period}T00:00:00.000Z`, to: `${addMonths(billing_period, 1)}T00:00:00.000Z` };
}

/** The resources that existed at a time that the lines cover. A line without times covers the month. */
export async function candidatesFor(
  db: Db,
  lines: readonly CostLine[],
  period: LinePeriod,
): Promise<MatchCandidate[]> {
  const [first, end] = [Date.parse(period.from), Date.parse(period.to)];
  let [from, to] = [Infinity, -Infinity];
  for (const { started_at, ended_at } of lines) {
    from = Math.min(from, started_at === null ? first : Date.parse(started_at));
    to = Math.max(to, ended_at === null ? end : Date.parse(ended_at));
  }
  if (from === Infinity) return [];
  // A line whose start is its end covers one instant.
  return matchCandidates(db, new Date(from).toISOString(), new Date(Math.max(to, from) + 1).toISOString());
}

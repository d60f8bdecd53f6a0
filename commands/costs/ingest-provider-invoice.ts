import { z } from 'zod';
import { defineCommand } from '../../src/ledger/command.ts';
import { csvWarning, type ProviderInvoiceEvent } from '../../src/events/costs.ts';
import { canonicalJson } from '../../src/runtime/canonical-json.ts';
import { cents, day, text } from '../../src/events/values.ts';
import { discovered } from './discover-provider-invoice.ts';
import {
  providerCurrency,
  providerInvoice,
  providerInvoiceStream,
  type ProviderInvoiceState,
} from './provider-invoice.ts';

const count = z.int().min(0);

/** An invoice as read from the provider, with the line and match sets that were stored for it. */
export const ingestProviderInvoiceInput = z.strictObject({
  invoice_uuid: text,
  invoice_id: text.nullable(),
  period: day,
  /** The amount in the provider's summary. */
  amount_cents: cents,
  lines: z.strictObject({ hash: text, parts: count, count, total_cents: cents, tax_cents: cents }),
  /** The first values that could not be read, and how many there were. */
  warnings: z.array(csvWarning).optional(),
  warnings_count: count.optional(),
  matches: z.strictObject({ hash: text, parts: count, matched: count, unmatched: count }),
});
export type IngestProviderInvoiceInput = z.output<typeof ingestProviderInvoiceInput>;

function sameInvoice(
  { ingested }: ProviderInvoiceState,
  { period, amount_cents, lines, warnings = [], warnings_count = 0 }: IngestProviderInvoiceInput,
): boolean {
  return (
    ingested !== null &&
    ingested.lines_hash === lines.hash &&
    ingested.period === period &&
    ingested.amount_cents === amount_cents &&
    ingested.warnings_count === warnings_count &&
    canonicalJson(ingested.warnings) === canonicalJson(warnings)
  );
}

/**
 * Makes a stored line set and its match set those of the invoice. One append, so that no reader sees lines
 * without their matches. Equal lines add no ingestion, equal matches of equal lines no match.
 */
export const ingestProviderInvoice = defineCommand({
  name: 'ingest-provider-invoice',
  aggregate: providerInvoice,
  stream: (input: IngestProviderInvoiceInput) => providerInvoiceStream(input.invoice_uuid),
  decide(state, input, _context: undefined): ProviderInvoiceEvent[] {
    const { invoice_uuid, period, amount_cents, lines, matches, warnings = [], warnings_count = 0 } = input;
    const events: ProviderInvoiceEvent[] = state.discovered ? [] : [discovered(input)];
    const ingestedAlready = sameInvoice(state, input);
    if (!ingestedAlready) {
      events.push({
        type: 'ProviderInvoiceIngested',
        data: {
          invoice_uuid,
          period,
          amount_cents,
          currency: providerCurrency,
          lines_hash: lines.hash,
          parts: lines.parts,
          lines: lines.count,
          lines_total_cents: lines.total_cents,
          tax_cents: lines.tax_cents,
          difference_cents: amount_cents - lines.total_cents,
          ...(warnings_count === 0 ? {} : { warnings, warnings_count }),
        },
      });
    }
    if (!ingestedAlready || state.matched?.matches_hash !== matches.hash) {
      events.push({
        type: 'ProviderInvoiceMatched',
        data: {
          invoice_uuid,
          lines_hash: lines.hash,
          matches_hash: matches.hash,
          parts: matches.parts,
          matched: matches.matched,
          unmatched: matches.unmatched,
        },
      });
    }
    return events;
  },
  result: (state) => state,
});

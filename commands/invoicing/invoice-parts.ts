import { hashOfTexts, MAX_PART_BYTES, splitIntoParts } from '../../src/ledger/content-parts.ts';
import { canonicalJson } from '../../src/runtime/canonical-json.ts';
import type { InvoiceLine, InvoicePartEvent } from '../../src/events/invoicing.ts';
import type { BilledLine } from '../../src/pricing/types.ts';

/** The lines of one issue, in parts on a stream that is named by their content. */
export interface InvoiceParts {
  hash: string;
  stream: string;
  /** How many lines in all. */
  lines: number;
  events: InvoicePartEvent[];
}

const linesAPart = 500;

/** The stream of an issue's lines. */
export const invoiceLinesStream = (invoiceId: string, linesHash: string): string =>
  `invoice-lines-${invoiceId}-${linesHash}`;

/** An invoice's lines as they are stored: numbered from 1 by their place. */
function storedLines(lines: readonly BilledLine[]): InvoiceLine[] {
  return lines.map((line, index) => ({
    ...line,
    line_no: index + 1,
    unit_price_cents: String(line.unit_price_cents),
  }));
}

/** Puts an invoice's lines into parts. */
export function invoiceLinesInParts(
  invoice: { invoice_id: string; tenant_id: string },
  billed: readonly BilledLine[],
): InvoiceParts {
  const lines = storedLines(billed);
  const texts = lines.map(canonicalJson);
  const hash = hashOfTexts(texts);
  const parts = splitIntoParts(lines, linesAPart, MAX_PART_BYTES, (_line, index) => texts[index] as string);
  return {
    hash,
    stream: invoiceLinesStream(invoice.invoice_id, hash),
    lines: lines.length,
    events: parts.map((part, index) => ({
      type: 'InvoiceLinesStored',
      data: { ...invoice, lines_hash: hash, part: index + 1, parts: parts.length, lines: part },
    })),
  };
}

import { commands } from '../commands.ts';
import type { CommandMeta, Ledger } from '../../ledger/ledger.ts';
import type { FinanceClient, ImportInvoiceResult } from '../../finance/client.ts';
import { buildImportPayload, type InvoiceToImport, type LineToImport } from '../../finance/import-payload.ts';
import { askUpstream } from '../ask-upstream.ts';

/** What is pushed: an invoice and its current line set. */
export interface Push extends InvoiceToImport {
  linesHash: string;
  lines: readonly LineToImport[];
}

/** The finance service's answer, and the `Ledger-Position` after recording it. */
export interface Pushed extends ImportInvoiceResult {
  position: string;
}

/**
 * Sends an invoice to finance and records the answer. The import is keyed by the invoice's uuid.
 * @throws {Refused} `upstream-failed` when finance does not accept it; the ingestion stands
 */
export async function pushInvoice(
  finance: FinanceClient,
  ledger: Ledger,
  { linesHash, lines, ...invoice }: Push,
  meta: () => CommandMeta,
): Promise<Pushed> {
  const what = `invoice ${invoice.uuid} is ingested, but not pushed to finance`;
  const { action, invoice_id } = await askUpstream(
    what,
    finance.importInvoice(buildImportPayload(invoice, lines)),
  );
  const { position } = await ledger.execute(
    commands.recordFinancePush,
    { invoice_uuid: invoice.uuid, lines_hash: linesHash, finance_invoice_id: invoice_id, action },
    meta(),
  );
  return { action, invoice_id, position };
}

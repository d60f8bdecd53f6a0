import { providerInvoiceStream } from '../../../commands/billing/provider-invoice.ts';
import type { InvoiceItem, InvoiceSummary } from '../../digitalocean/billing-api.ts';
import type { DigitalOceanClient } from '../../digitalocean/client.ts';
import { DigitalOceanError, type DigitalOceanErrorCode } from '../../digitalocean/errors.ts';
import { InvoiceCsvError, parseInvoiceCsv, type InvoiceCsvLine } from '../../digitalocean/invoice-csv.ts';
import type { Ledger } from '../../engine/ledger.ts';
import { refuse, Refused } from '../../engine/refusal.ts';
import { asking } from '../upstream.ts';

/** One of the provider's invoices in all its forms. */
export interface FetchedInvoice {
  summary: InvoiceSummary;
  csvLines: InvoiceCsvLine[];
  /** The JSON form; null where it was not to be had. */
  items: InvoiceItem[] | null;
}

/**
 * Fetches an invoice. The preview of the running month is none: only what the provider lists as an invoice is.
 * @throws {Refused} `not-found` for a uuid that the provider does not know as an invoice; `upstream-failed` for one that
 * it cannot give (yet), and for a CSV that cannot be read, naming the row
 */
export async function fetchInvoice(digitalOcean: DigitalOceanClient, ledger: Ledger, uuid: string): Promise<FetchedInvoice> {
  const what = `invoice ${uuid}`;
  if (!(await isInvoice(digitalOcean, ledger, uuid))) throw new Refused(refuse('not-found', `DigitalOcean has no invoice ${uuid}`));
  const summary = await asking(what, digitalOcean.getInvoiceSummary(uuid));
  if (summary.uuid !== uuid) throw new Refused(refuse('upstream-failed', `${what}: DigitalOcean answered with invoice ${summary.uuid}`, { extra: { reason: 'malformed' } }));
  const csvLines = readCsv(uuid, await asking(what, digitalOcean.getInvoiceCsv(uuid)));
  return { summary, csvLines, items: await asking(what, itemsOrNone(digitalOcean, uuid)) };
}

async function isInvoice(digitalOcean: DigitalOceanClient, ledger: Ledger, uuid: string): Promise<boolean> {
  const known = await ledger.events(providerInvoiceStream(uuid));
  if (known.length > 0) return true;
  const listed = await asking('the list of invoices', digitalOcean.listInvoices());
  if (listed.some((invoice) => invoice.uuid === uuid)) return true;
  // A fresh invoice may show in the history before it shows in the list.
  const history = await asking('the billing history', digitalOcean.listBillingHistory());
  return history.some((entry) => entry.type === 'Invoice' && entry.invoice_uuid === uuid);
}

function readCsv(uuid: string, csv: string): InvoiceCsvLine[] {
  try {
    return parseInvoiceCsv(csv).lines;
  } catch (error) {
    if (!(error instanceof InvoiceCsvError)) throw error;
    const path = error.row === null ? 'csv' : `csv.${error.row}`;
    throw new Refused(refuse('upstream-failed', `invoice ${uuid} is refused as a whole: ${error.message}`, {
      errors: [{ path, message: error.reason }],
      extra: { reason: 'malformed', row: error.row },
    }));
  }
}

/** The CSV is the invoice; the JSON form only adds ids, so an invoice does not wait for it. */
const goesWithout: ReadonlySet<DigitalOceanErrorCode> = new Set(['not-found', 'unavailable', 'malformed', 'invalid'] as const);

async function itemsOrNone(digitalOcean: DigitalOceanClient, uuid: string): Promise<InvoiceItem[] | null> {
  try {
    return await digitalOcean.getInvoiceItems(uuid);
  } catch (error) {
    if (error instanceof DigitalOceanError && goesWithout.has(error.code)) return null;
    throw error;
  }
}

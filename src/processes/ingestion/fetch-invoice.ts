import { providerInvoiceStream } from '../../../commands/costs/provider-invoice.ts';
import type { InvoiceItem, InvoiceSummary } from '../../digitalocean/billing-api.ts';
import type { DigitalOceanClient } from '../../digitalocean/client.ts';
import { DigitalOceanError, type DigitalOceanErrorCode } from '../../digitalocean/errors.ts';
import {
  InvoiceCsvError,
  readInvoiceCsv,
  type InvoiceCsv,
  type InvoiceCsvLine,
  mostWarnings,
  type InvoiceCsvWarning,
} from '../../digitalocean/invoice-csv.ts';
import type { Ledger } from '../../ledger/ledger.ts';
import { refuse, Refused } from '../../ledger/refusal.ts';
import { money } from '../../pricing/amount-text.ts';
import { monthOf } from '../../pricing/calendar.ts';
import { sumCents } from '../../pricing/money.ts';
import { askUpstream } from '../ask-upstream.ts';

/** One of the provider's invoices in all its forms. */
export interface FetchedInvoice {
  summary: InvoiceSummary;
  csvLines: InvoiceCsvLine[];
  /** The first values of the CSV that could not be read, and how many there were. */
  warnings: InvoiceCsvWarning[];
  warnings_count: number;
  /** The JSON form; null where it was not available. */
  items: InvoiceItem[] | null;
}

/**
 * Fetches an invoice. The preview of the running month is no invoice. A uuid that the provider does not (yet)
 * list counts as an invoice only if it is not the preview's and its month has ended.
 * @throws {Refused} `not-found` for a uuid that is no invoice of the provider; `upstream-failed` for an
 * invoice that it cannot give (yet), and for a CSV that cannot be read, naming the row
 */
export async function fetchInvoice(
  digitalOcean: DigitalOceanClient,
  ledger: Ledger,
  uuid: string,
): Promise<FetchedInvoice> {
  const what = `invoice ${uuid}`;
  const summary = (await isNamed(digitalOcean, ledger, uuid))
    ? await askUpstream(what, digitalOcean.getInvoiceSummary(uuid))
    : await unnamedSummary(digitalOcean, ledger, uuid);
  if (summary.uuid !== uuid)
    throw new Refused(
      refuse('upstream-failed', `${what}: DigitalOcean answered with invoice ${summary.uuid}`, {
        extra: { reason: 'malformed' },
      }),
    );
  const { lines, ...read } = await fetchCsvLines(digitalOcean, uuid);
  const items = await askUpstream(what, itemsOrNone(digitalOcean, uuid));
  return { summary, csvLines: lines, ...withGroups(read, summary), items };
}

/** With a warning first where the groups of the summary do not come to its amount. */
function withGroups(
  { warnings, warnings_count }: Omit<InvoiceCsv, 'lines'>,
  summary: InvoiceSummary,
): Omit<InvoiceCsv, 'lines'> {
  const { product_charges_cents, overages_cents, taxes_cents, credits_and_adjustments_cents } = summary;
  const groups = [product_charges_cents, overages_cents, taxes_cents, credits_and_adjustments_cents];
  const cents = sumCents(groups.map((group) => group ?? 0));
  if (groups.includes(null) || cents === summary.amount_cents) return { warnings, warnings_count };
  const value = `its groups come to ${money(cents)} of ${money(summary.amount_cents)}`;
  return {
    warnings: [{ row: 0, column: 'summary', value }, ...warnings].slice(0, mostWarnings),
    warnings_count: warnings_count + 1,
  };
}

/** Whether the ledger, the provider's list or its history has the invoice. */
async function isNamed(digitalOcean: DigitalOceanClient, ledger: Ledger, uuid: string): Promise<boolean> {
  const known = await ledger.events(providerInvoiceStream(uuid));
  if (known.length > 0) return true;
  const listed = await askUpstream('the list of invoices', orNone(digitalOcean.listInvoices()));
  if (listed?.some((invoice) => invoice.uuid === uuid) === true) return true;
  // A new invoice may be in the history before it is in the list.
  const history = await askUpstream('the billing history', orNone(digitalOcean.listBillingHistory()));
  return history?.some((entry) => entry.type === 'Invoice' && entry.invoice_uuid === uuid) === true;
}

/** The summary of an invoice that neither list nor history has. The preview is known by name and by uuid. */
async function unnamedSummary(
  digitalOcean: DigitalOceanClient,
  ledger: Ledger,
  uuid: string,
): Promise<InvoiceSummary> {
  const preview = await askUpstream('the invoice preview', orNone(digitalOcean.getInvoiceSummary('preview')));
  const isPreview = uuid === 'preview' || preview?.uuid === uuid;
  const summary = isPreview
    ? null
    : await askUpstream(`invoice ${uuid}`, orNone(digitalOcean.getInvoiceSummary(uuid)));
  const hasEnded = summary !== null && summary.billing_period < monthOf(ledger.now().slice(0, 10));
  if (!hasEnded) throw new Refused(refuse('not-found', `DigitalOcean has no invoice ${uuid}`));
  return summary;
}

/**
 * Fetches an invoice's CSV.
 * @throws {Refused} `upstream-failed`; for one that cannot be read, naming the row
 */
export async function fetchCsvLines(digitalOcean: DigitalOceanClient, uuid: string): Promise<InvoiceCsv> {
  return readCsv(uuid, await askUpstream(`invoice ${uuid}`, digitalOcean.getInvoiceCsv(uuid)));
}

async function readCsv(uuid: string, csv: string): Promise<InvoiceCsv> {
  try {
    return await readInvoiceCsv(csv);
  } catch (error) {
    if (!(error instanceof InvoiceCsvError)) throw error;
    const path = error.row === null ? 'csv' : `csv.${error.row}`;
    throw new Refused(
      refuse('upstream-failed', `invoice ${uuid} is refused as a whole: ${error.message}`, {
        errors: [{ path, message: error.reason }],
        extra: { reason: 'malformed', row: error.row },
      }),
    );
  }
}

/** The provider's answer; null for a `not-found`. */
export async function orNone<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof DigitalOceanError && error.code === 'not-found') return null;
    throw error;
  }
}

/** Failures of the JSON form that an ingestion ignores: it only adds ids to the CSV. */
const goesWithout: ReadonlySet<DigitalOceanErrorCode> = new Set([
  'not-found',
  'unavailable',
  'malformed',
  'too-large',
  'invalid',
] as const);

async function itemsOrNone(digitalOcean: DigitalOceanClient, uuid: string): Promise<InvoiceItem[] | null> {
  try {
    return await digitalOcean.getInvoiceItems(uuid);
  } catch (error) {
    if (error instanceof DigitalOceanError && goesWithout.has(error.code)) return null;
    throw error;
  }
}

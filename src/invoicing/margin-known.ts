/**
 * The inputs of a margin as they were recorded by a past moment, from the events of the invoices and
 * resources that it is made of.
 */
import { providerInvoiceStream } from '../../commands/costs/provider-invoice.ts';
import { resourceStream } from '../../commands/inventory/resource.ts';
import { invoice, invoiceStream } from '../../commands/invoicing/invoice.ts';
import { invoiceProgress, type PendingInvoice } from '../../projections/costs/provider-invoice-queries.ts';
import type { CountingSets } from '../../projections/costs/cost-queries.ts';
import type { KnownOwnership } from '../../projections/inventory/attribution-queries.ts';
import { tiesAfter, type HeldRange } from '../../projections/inventory/tie-history.ts';
import { invoicesOfPeriod } from '../../projections/invoicing/invoice-queries.ts';
import type { CountingIssue } from '../../projections/invoicing/revenue-queries.ts';
import type { Db } from '../database/db.ts';
import type { EventType, RecordedLedgerEvent } from '../events/index.ts';
import type { InvoiceEvent } from '../events/invoicing.ts';
import { readStreams } from '../journal/read-journal.ts';
import { isRevenue } from '../pricing/margin.ts';

/** What is known at a past moment. */
export interface KnownBy {
  /** ISO instant: events recorded by then. */
  at: string;
  /**
   * Where the snapshot's read models stand. The journal may be ahead of them; its further events do not
   * count.
   */
  position: number;
}

/** The known events of some types on these streams, in order, by stream. */
function knownEvents(
  db: Db,
  streams: readonly string[],
  types: readonly EventType[],
  { at, position }: KnownBy,
): Promise<Map<string, RecordedLedgerEvent[]>> {
  return readStreams(db, streams, { types, recordedBy: at, upTo: position });
}

/** The issues and notes of a month that were revenue. */
export async function knownIssues(db: Db, period: string, known: KnownBy): Promise<CountingIssue[]> {
  const ids = (await invoicesOfPeriod(db, { period })).map(({ invoice_id }) => invoice_id);
  const events = await knownEvents(
    db,
    ids.map(invoiceStream),
    ['InvoiceIssued', 'InvoicePaid', 'InvoiceVoided', 'CorrectionIssued'],
    known,
  );
  return [...events.values()].flatMap((stream): CountingIssue[] => {
    const state = stream.reduce(
      (folded, event) => invoice.evolve(folded, event as RecordedLedgerEvent & InvoiceEvent),
      invoice.initialState,
    );
    if (state === null) return [];
    const { invoice_id: id, tenant_id, status, corrections } = state;
    if (!isRevenue(status)) return [];
    const documents = [{ lines_hash: state.lines_hash, correction_id: null }, ...corrections];
    return documents.map(({ lines_hash, correction_id }) => ({
      id,
      tenant_id,
      status,
      lines_hash,
      correction_id,
    }));
  });
}

/** The line and match sets that counted for a month's invoices of the provider. */
export async function knownSets(db: Db, period: string, known: KnownBy): Promise<CountingSets[]> {
  // An invoice may have been in another period than it is now, so all are read: there are a few a month.
  const uuids = (await invoiceProgress(db)).map(({ uuid }) => uuid);
  const events = await knownEvents(
    db,
    uuids.map(providerInvoiceStream),
    ['ProviderInvoiceIngested', 'ProviderInvoiceMatched', 'ProviderInvoiceReissueEnded'],
    known,
  );
  return [...events.values()].flatMap((stream): CountingSets[] => {
    let sets: CountingSets | null = null;
    for (const { type, data } of stream) {
      if (type === 'ProviderInvoiceIngested')
        sets = {
          uuid: data.invoice_uuid,
          period: data.period,
          currency: data.currency,
          lines_hash: data.lines_hash,
          matches_hash: null,
        };
      if (type === 'ProviderInvoiceMatched' && sets !== null)
        sets = { ...sets, matches_hash: data.matches_hash };
      if (type === 'ProviderInvoiceReissueEnded' && data.because === 'replaced') sets = null;
    }
    return sets?.period === period ? [sets] : [];
  });
}

/** The invoices of a month that were known and not ingested, by uuid. */
export async function knownPending(db: Db, period: string, known: KnownBy): Promise<PendingInvoice[]> {
  const uuids = (await invoiceProgress(db)).map(({ uuid }) => uuid);
  const events = await knownEvents(
    db,
    uuids.map(providerInvoiceStream),
    [
      'ProviderInvoiceDiscovered',
      'ProviderInvoiceIngested',
      'ProviderInvoiceIngestionFailed',
      'ProviderInvoiceReissueEnded',
    ],
    known,
  );
  return [...events.values()]
    .flatMap((stream): PendingInvoice[] => {
      let pending: PendingInvoice | null = null;
      for (const { type, data } of stream) {
        if (type === 'ProviderInvoiceDiscovered' && data.period === period)
          pending = { uuid: data.invoice_uuid, amount_cents: data.amount_cents, error: null };
        if (type === 'ProviderInvoiceIngestionFailed' && pending !== null)
          pending = { ...pending, error: data.error };
        if (type === 'ProviderInvoiceIngested') pending = null;
        if (type === 'ProviderInvoiceReissueEnded' && data.because === 'replaced') pending = null;
      }
      return pending === null ? [] : [pending];
    })
    .sort((a, b) => (a.uuid < b.uuid ? -1 : 1));
}

/** The ties of resources, and until when their owners count. */
export async function knownOwnership(
  db: Db,
  resourceIds: readonly string[],
  known: KnownBy,
): Promise<KnownOwnership> {
  const events = await knownEvents(
    db,
    [...new Set(resourceIds)].map(resourceStream),
    ['ResourceTied', 'ResourceUntied'],
    known,
  );
  const ties = [...events.values()].flatMap((stream) => {
    const [first] = stream;
    if (first?.type !== 'ResourceTied') return [];
    const ranges = stream.reduce<HeldRange[]>(
      (folded, event) =>
        event.type === 'ResourceTied' || event.type === 'ResourceUntied' ? tiesAfter(folded, event) : folded,
      [],
    );
    return ranges.map((range) => ({ ...range, resource_id: first.data.resource_id }));
  });
  return { at: known.at, ties };
}

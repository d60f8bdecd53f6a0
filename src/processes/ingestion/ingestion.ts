import { providerCurrency } from '../../../commands/costs/provider-invoice.ts';
import type { CommandMeta, Ledger } from '../../ledger/ledger.ts';
import type { ProcessDeps } from '../process.ts';
import { fetchInvoice } from './fetch-invoice.ts';
import { warnOfReissue } from './find-reissues.ts';
import { oneAtATime } from './one-at-a-time.ts';
import { pushInvoice } from './push-invoice.ts';
import { storeInvoice, type StoredInvoice } from './store-invoice.ts';
import { requireDigitalOcean } from '../ask-upstream.ts';
import { recordFailure } from './record-failure.ts';
import type { CsvWarning } from '../../events/costs.ts';

/** The result of an ingestion. Money in cents of `currency`, the provider's. */
export interface IngestionResult {
  invoice_uuid: string;
  period: string;
  currency: string;
  amount_cents: number;
  lines: number;
  matched: number;
  unmatched: number;
  lines_total_cents: number;
  tax_cents: number;
  /** The provider's amount less the sum of the lines. */
  difference_cents: number;
  /** The first values of the CSV that could not be read, and how many there were; absent where all could. */
  warnings?: readonly CsvWarning[];
  warnings_count?: number;
  /** False where lines and matches were the same before. */
  changed: boolean;
  /** The finance service's answer to this run's push; null without one. */
  pushed: 'created' | 'updated' | null;
  finance_invoice_id: string | null;
}

/** What an ingestion uses. */
export type IngestionDeps = Pick<ProcessDeps, 'ledger' | 'digitalOcean' | 'finance' | 'logger'>;

interface Ingested extends StoredInvoice {
  result: IngestionResult;
}

/** One run at a time for an invoice, in this process. */
export const forInvoice = <T>(ledger: Ledger, uuid: string, task: () => Promise<T>): Promise<T> =>
  oneAtATime(ledger, `provider-invoice ${uuid}`, task);

async function fetchAndStore(
  { ledger, digitalOcean, logger }: IngestionDeps,
  uuid: string,
  meta: () => CommandMeta,
): Promise<Ingested> {
  const client = requireDigitalOcean(digitalOcean);
  const stored = await recordFailure(ledger, uuid, meta, async () =>
    storeInvoice(ledger, await fetchInvoice(client, ledger, uuid), meta),
  );
  if (stored.foundReissue) warnOfReissue(logger, uuid, stored.outcome.result);
  const { ingested, matched, pushed } = stored.outcome.result;
  if (ingested === null || matched === null)
    throw new Error(`invoice ${uuid} has no lines after its ingestion`);
  const { lines_hash: _hash, warnings, warnings_count, ...figures } = ingested;
  return {
    ...stored,
    result: {
      invoice_uuid: uuid,
      currency: providerCurrency,
      ...figures,
      ...(warnings_count === 0 ? {} : { warnings, warnings_count }),
      matched: matched.matched,
      unmatched: matched.unmatched,
      changed: stored.outcome.appended > 0,
      pushed: null,
      finance_invoice_id: pushed?.finance_invoice_id ?? null,
    },
  };
}

/**
 * Ingests an invoice without pushing it to finance: fetch, classify, match, store.
 * @throws {Refused} see {@link fetchInvoice}
 */
export async function ingestOnly(
  deps: IngestionDeps,
  uuid: string,
  meta: () => CommandMeta,
): Promise<IngestionResult> {
  return forInvoice(deps.ledger, uuid, async () => (await fetchAndStore(deps, uuid, meta)).result);
}

/**
 * Ingests an invoice (spec 4), and pushes it to finance, where one is configured, unless it has these lines.
 * @throws {Refused} see {@link fetchInvoice}; `upstream-failed` also where finance fails after the ingestion
 */
export async function ingestInvoice(
  deps: IngestionDeps,
  uuid: string,
  meta: () => CommandMeta,
): Promise<{ result: IngestionResult; position: string }> {
  return forInvoice(deps.ledger, uuid, async () => {
    const { result, outcome, lines, linesHash } = await fetchAndStore(deps, uuid, meta);
    const isPushed = outcome.result.pushed?.lines_hash === outcome.result.ingested?.lines_hash;
    if (deps.finance === null || isPushed) return { result, position: outcome.position };
    const pushed = await pushInvoice(
      deps.finance,
      deps.ledger,
      { uuid, period: result.period, currency: result.currency, linesHash, lines },
      meta,
    );
    return {
      result: { ...result, pushed: pushed.action, finance_invoice_id: pushed.invoice_id },
      position: pushed.position,
    };
  });
}

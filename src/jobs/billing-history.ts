import { z } from 'zod';
import {
  invoiceProgress,
  linesForFinance,
  type InvoiceProgress,
} from '../../projections/costs/provider-invoice-queries.ts';
import { commands } from '../processes/commands.ts';
import type { Db } from '../database/db.ts';
import type { ListedProviderInvoice } from '../digitalocean/billing-api.ts';
import { defineJob } from './job.ts';
import { schedule } from './schedule.ts';
import { type ProcessDeps, type ProcessRun } from '../processes/process.ts';
import { foundInvoices } from '../processes/ingestion/found-invoices.ts';
import { findReissues } from '../processes/ingestion/find-reissues.ts';
import { orNone } from '../processes/ingestion/fetch-invoice.ts';
import { forInvoice, ingestOnly } from '../processes/ingestion/ingestion.ts';
import { pushInvoice, type Push } from '../processes/ingestion/push-invoice.ts';
import { asError } from '../runtime/as-error.ts';
import { quotedText } from '../runtime/quoted-text.ts';
import { askUpstream, requireDigitalOcean } from '../processes/ask-upstream.ts';
import { RepeatedFailures } from '../processes/repeated-failures.ts';

/** The most invoices that one run ingests or pushes itself; the next run goes on with the rest. */
const mostInvoices = 200;
/** How many of them are ingested or pushed at once while all goes well. */
const mostAtOnce = 8;
/** How many discoveries are recorded at once: they share appends. */
const discoveriesAtOnce = 100;

/** Characters that a run's result keeps of each failure. */
const longestError = 1_000;

interface Failure {
  invoice_uuid: string;
  error: string;
}

/** What became of a list of invoices. */
interface Worked {
  done: number;
  failed: Failure[];
  /** Not tried: beyond the bound, or after the service was found to be gone. */
  remaining: number;
}

/** A run's result; `queued` only where it queued the ingestions instead of doing them. */
interface HistoryResult {
  discovered: number;
  queued?: number;
  /** How many were found to be issued anew; absent without any. */
  reissued?: number;
  ingested: number;
  pushed: number;
  remaining: number;
  failed: Failure[];
}

/**
 * Discovers every invoice once, ingests those that are not ingested yet, newest first, pushes to finance
 * those that it lacks, and looks for those that were issued anew (spec 4). One that fails is reported and
 * doesn't stop the others. Where there is a queue, each ingestion is a run of its own, which pushes too.
 */
export const billingHistory = defineJob({
  name: 'billing.history',
  queue: 'cloud_billing',
  cron: schedule['billing.history'],
  summary: 'Discover DigitalOcean invoices and ingest the new ones',
  input: z.strictObject({}),
  async run(_input, deps, run): Promise<HistoryResult> {
    const { discovered, listed } = await discover(deps, run);
    const progress = await deps.ledger.readLatest((db) => invoiceProgress(db));
    const listedNow = new Set(listed?.map(({ uuid }) => uuid));
    // One that was replaced counts again once the provider lists it again.
    const pending = progress.filter(
      ({ status, uuid }) => status === 'discovered' || (status === 'replaced' && listedNow.has(uuid)),
    );
    if (run.queue !== null) {
      // No bound: each queued ingestion is a run with its own retries. One that is queued already stays so.
      for (const { uuid } of pending) await run.queue('billing.ingest_invoice', { invoice_uuid: uuid });
      // Only what was ingested before: the runs that were queued may be pushing what they ingest by now.
      const { done: pushed, remaining, failed } = await pushPending(deps, run, progress);
      const reissues = await lookForReissues(deps, run, listed, progress);
      failed.push(...reissues.failed);
      return {
        discovered,
        queued: pending.length,
        ingested: 0,
        pushed,
        remaining,
        failed,
        ...reissues.counted,
      };
    }
    const ingested = await work(pending, run, async ({ uuid }) => {
      await ingestOnly(deps, uuid, () => run.meta());
    });
    const now = await deps.ledger.readLatest((db) => invoiceProgress(db));
    const pushed = await pushPending(deps, run, now);
    const reissues = await lookForReissues(deps, run, listed, now);
    return {
      discovered,
      ingested: ingested.done,
      pushed: pushed.done,
      remaining: ingested.remaining + pushed.remaining,
      failed: [...ingested.failed, ...pushed.failed, ...reissues.failed],
      ...reissues.counted,
    };
  },
});

/** What was issued anew without notice among the invoices that are ingested. */
async function lookForReissues(
  deps: ProcessDeps,
  run: ProcessRun,
  listed: readonly ListedProviderInvoice[] | null,
  progress: readonly InvoiceProgress[],
): Promise<{ counted: Pick<HistoryResult, 'reissued'>; failed: Failure[] }> {
  const ingested = progress.filter((invoice) => invoice.lines_hash !== null);
  const { found, failed } = await findReissues(deps, listed, ingested, () => run.meta());
  return {
    counted: found === 0 ? {} : { reissued: found },
    failed: failed.map(({ uuid, error }) => failureOf(uuid, error)),
  };
}

const failureOf = (invoice_uuid: string, error: unknown): Failure => ({
  invoice_uuid,
  error: quotedText(asError(error).message, [], longestError),
});

interface Discovered {
  /** How many invoices were not known before. */
  discovered: number;
  /** The provider's list; null where it has none. */
  listed: ListedProviderInvoice[] | null;
}

async function discover({ ledger, digitalOcean }: ProcessDeps, run: ProcessRun): Promise<Discovered> {
  const client = requireDigitalOcean(digitalOcean);
  // Both lists name every invoice. Where an account lacks one of them, the other is read.
  const history = await askUpstream('the billing history', orNone(client.listBillingHistory()));
  const listed = await askUpstream(
    'the list of invoices',
    history === null ? client.listInvoices() : orNone(client.listInvoices()),
  );
  const known = new Set(
    (await ledger.readLatest((db) => invoiceProgress(db))).map((invoice) => invoice.uuid),
  );
  const fresh = foundInvoices(listed ?? [], history ?? []).filter(
    (invoice) => !known.has(invoice.invoice_uuid),
  );
  let discovered = 0;
  for (let start = 0; start < fresh.length; start += discoveriesAtOnce) {
    const batch = fresh.slice(start, start + discoveriesAtOnce);
    const outcomes = await Promise.all(
      batch.map((invoice) => ledger.execute(commands.discoverProviderInvoice, invoice, run.meta())),
    );
    discovered += outcomes.filter((outcome) => outcome.appended > 0).length;
  }
  return { discovered, listed };
}

/** Pushes what finance lacks of these invoices, also what an earlier run could not push. */
async function pushPending(
  { ledger, finance }: ProcessDeps,
  run: ProcessRun,
  progress: readonly InvoiceProgress[],
): Promise<Worked> {
  if (finance === null) return { done: 0, failed: [], remaining: 0 };
  return work(progress.filter(isUnpushed), run, ({ uuid }) =>
    forInvoice(ledger, uuid, async () => {
      const push = await ledger.readLatest((db) => unpushed(db, uuid));
      if (push !== null) await pushInvoice(finance, ledger, push, () => run.meta());
    }),
  );
}

const isUnpushed = ({ lines_hash, pushed_lines_hash }: InvoiceProgress): boolean =>
  lines_hash !== null && lines_hash !== pushed_lines_hash;

/** What finance lacks of an invoice now; null when another run has pushed it meanwhile. */
async function unpushed(db: Db, uuid: string): Promise<Push | null> {
  const [invoice] = await invoiceProgress(db, uuid);
  if (invoice === undefined || invoice.lines_hash === null || !isUnpushed(invoice)) return null;
  const { period, currency, lines_hash: linesHash } = invoice;
  return { uuid, period, currency, linesHash, lines: await linesForFinance(db, uuid, linesHash) };
}

/**
 * Works through the invoices in rounds. A round without a failure is followed by one of twice as many, up to
 * a bound: what is done at once shares appends and the waits for read models. After a failure they are tried
 * one by one again, so that few are asked of a service that is away.
 */
async function work(
  invoices: readonly InvoiceProgress[],
  run: ProcessRun,
  task: (invoice: InvoiceProgress) => Promise<void>,
): Promise<Worked> {
  const failures = new RepeatedFailures();
  const failed: Failure[] = [];
  const most = Math.min(invoices.length, mostInvoices);
  let tried = 0;
  let stops = false;
  for (let atOnce = 1; tried < most && !stops;) {
    const round = invoices.slice(tried, Math.min(tried + atOnce, most));
    const outcomes = await Promise.allSettled(round.map(task));
    for (const [index, outcome] of outcomes.entries()) {
      if (outcome.status === 'fulfilled') failures.succeeded();
      else {
        failed.push(failureOf(round[index]!.uuid, outcome.reason));
        if (failures.failed(outcome.reason)) stops = true;
      }
    }
    tried += round.length;
    const allWell = outcomes.every(({ status }) => status === 'fulfilled');
    atOnce = allWell ? Math.min(2 * atOnce, mostAtOnce) : 1;
    run.progress(tried, invoices.length, round.at(-1)!.period.slice(0, 7));
  }
  return { done: tried - failed.length, failed, remaining: invoices.length - tried };
}

import { z } from 'zod';
import { invoiceProgress, linesForFinance, type InvoiceProgress } from '../../../projections/billing/provider-invoice-queries.ts';
import { commands } from '../../commands.ts';
import type { Db } from '../../database/db.ts';
import { defineJob, type JobDeps, type JobRun } from '../job.ts';
import { foundInvoices } from './found-invoices.ts';
import { orNone } from './fetch-invoice.ts';
import { forInvoice, ingestOnly } from './ingestion.ts';
import { pushInvoice, type Push } from './push-invoice.ts';
import { asking, Patience, requireDigitalOcean } from '../upstream.ts';

/** The most invoices that one run ingests: a run ends, and the next one goes on with what is left. */
const mostIngestions = 200;
/** How many discoveries are under way at once: they are appended together. */
const discoveriesAtOnce = 100;

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

/**
 * Discovers every invoice ever, each once, and ingests those that are not ingested yet, newest first, then pushes to
 * finance those that it has not got (spec 4). One that fails is reported and doesn't stop the others.
 */
export const billingHistory = defineJob({
  name: 'billing.history',
  queue: 'cloud_billing',
  cron: '23 2 * * *',
  summary: 'Discover DigitalOcean invoices and ingest the new ones',
  input: z.strictObject({}),
  async run(_input, deps, run) {
    const discovered = await discover(deps, run);
    const pending = (await deps.ledger.readLatest((db) => invoiceProgress(db))).filter((invoice) => invoice.lines_hash === null);
    const ingested = await work(pending, run, async ({ uuid }) => { await ingestOnly(deps, uuid, () => run.meta()); });
    const pushed = await pushPending(deps, run);
    return {
      discovered,
      ingested: ingested.done,
      pushed: pushed.done,
      remaining: ingested.remaining + pushed.remaining,
      failed: [...ingested.failed, ...pushed.failed],
    };
  },
});

/** @returns how many invoices were not known before */
async function discover({ ledger, digitalOcean }: JobDeps, run: JobRun): Promise<number> {
  const client = requireDigitalOcean(digitalOcean);
  // Either names every invoice; an account that lacks one of the two is read from the other.
  const history = await asking('the billing history', orNone(client.listBillingHistory()));
  const listed = await asking('the list of invoices', history === null ? client.listInvoices() : orNone(client.listInvoices()));
  const known = new Set((await ledger.readLatest((db) => invoiceProgress(db))).map((invoice) => invoice.uuid));
  const fresh = foundInvoices(listed ?? [], history ?? []).filter((invoice) => !known.has(invoice.invoice_uuid));
  let discovered = 0;
  for (let start = 0; start < fresh.length; start += discoveriesAtOnce) {
    const batch = fresh.slice(start, start + discoveriesAtOnce);
    const outcomes = await Promise.all(batch.map((invoice) => ledger.execute(commands.discoverProviderInvoice, invoice, run.meta())));
    discovered += outcomes.filter((outcome) => outcome.appended > 0).length;
  }
  return discovered;
}

/** Pushes what finance has not got, be it of this run or of one that found finance gone. No finance: nothing to do. */
async function pushPending({ ledger, finance }: JobDeps, run: JobRun): Promise<Worked> {
  if (finance === null) return { done: 0, failed: [], remaining: 0 };
  const progress = await ledger.readLatest((db) => invoiceProgress(db));
  return work(progress.filter(isUnpushed), run, ({ uuid }) => forInvoice(ledger, uuid, async () => {
    const push = await ledger.readLatest((db) => unpushed(db, uuid));
    if (push !== null) await pushInvoice(finance, ledger, push, () => run.meta());
  }));
}

const isUnpushed = ({ lines_hash, pushed_lines_hash }: InvoiceProgress): boolean => lines_hash !== null && lines_hash !== pushed_lines_hash;

/** What finance has not got of an invoice now; null when another run has pushed it meanwhile. */
async function unpushed(db: Db, uuid: string): Promise<Push | null> {
  const [invoice] = await invoiceProgress(db, uuid);
  if (invoice === undefined || invoice.lines_hash === null || !isUnpushed(invoice)) return null;
  const { period, currency, lines_hash: linesHash } = invoice;
  return { uuid, period, currency, linesHash, lines: await linesForFinance(db, uuid, linesHash) };
}

async function work(invoices: readonly InvoiceProgress[], run: JobRun, task: (invoice: InvoiceProgress) => Promise<void>): Promise<Worked> {
  const patience = new Patience();
  const failed: Failure[] = [];
  let tried = 0;
  for (const invoice of invoices.slice(0, mostIngestions)) {
    tried += 1;
    try {
      await task(invoice);
      patience.succeeded();
    } catch (error) {
      failed.push({ invoice_uuid: invoice.uuid, error: error instanceof Error ? error.message : String(error) });
      if (patience.endsWith(error)) break;
    }
    run.progress(tried, invoices.length, invoice.period.slice(0, 7));
  }
  return { done: tried - failed.length, failed, remaining: invoices.length - tried };
}

import { arCandidates, hasReadBack, type ArCandidate } from '../../../projections/deliveries/ar-queries.ts';
import { linesOf } from '../../../projections/invoicing/invoice-queries.ts';
import { customersOn, type CustomerRow } from '../../../projections/parties/customer-queries.ts';
import type { Db } from '../../database/db.ts';
import { compareAr, type ArDifference, type ArPayload } from '../../finance/ar-payload.ts';
import type { FinanceClient } from '../../finance/client.ts';
import { FinanceError } from '../../finance/errors.ts';
import { Refused } from '../../ledger/refusal.ts';
import { ERASED } from '../../personal/personal-data.ts';
import { groupBy } from '../../runtime/group-by.ts';
import { askUpstream } from '../ask-upstream.ts';
import { commands } from '../commands.ts';
import { openCustomer } from '../parties/open-customer.ts';
import type { ProcessDeps, ProcessRun } from '../process.ts';
import { RepeatedFailures } from '../repeated-failures.ts';
import { arContentHash, arPayload } from './ar-document.ts';

/** The most documents of one run; the next run goes on. */
const mostDocuments = 200;
/** How many documents are looked at at a time. */
const pageSize = 500;

/** A run's result. It holds nothing of what finance said: that may be personal. */
export interface ArResult {
  pushed: number;
  compared: number;
  /** Of those compared. */
  different: number;
  /** False: finance does not offer its copies. */
  read_back: boolean;
  failed: { external_id: string; reason: string; status: number | null }[];
  /** Documents that were not tried: beyond the bound, or after the service was found to be gone. */
  remaining: number;
}

type ArDeps = Pick<ProcessDeps, 'ledger' | 'personal'> & { finance: FinanceClient };

/** A document that finance lacks, has in another state, or whose copy was not read yet. */
interface Work {
  document: ArCandidate;
  customer: CustomerRow | null;
  hash: string;
}

/**
 * Gives finance each numbered invoice, note and payment of tenants whose content it does not have, and
 * compares finance's own copy with it. The import is keyed by the document's id, so that a repeat after a
 * lost answer changes nothing there. One that fails does not stop the others.
 */
export async function pushAr(deps: ArDeps, run: ProcessRun): Promise<ArResult> {
  const work = await findWork(deps);
  const failures = new RepeatedFailures();
  const result: ArResult = {
    ...{ pushed: 0, compared: 0, different: 0, read_back: true },
    failed: [],
    remaining: work.length,
  };
  for (const one of work.slice(0, mostDocuments)) {
    // Only its copy is left to be read, and finance gives none.
    if (one.document.pushed_hash === one.hash && !result.read_back) continue;
    result.remaining -= 1;
    try {
      await pushOne(deps, one, run, result);
      failures.succeeded();
    } catch (error) {
      result.failed.push({ external_id: one.document.external_id, ...reasonOf(error) });
      if (failures.failed(error)) break;
    }
    run.progress(work.length - result.remaining, work.length);
  }
  return result;
}

/** Whether there is anything to push or to compare. */
export async function isArDue(deps: Pick<ArDeps, 'ledger'>): Promise<boolean> {
  return (await findWork(deps, 1)).length > 0;
}

async function findWork({ ledger }: Pick<ArDeps, 'ledger'>, most = mostDocuments * 5): Promise<Work[]> {
  return ledger.readLatest(async (db) => {
    const work: Work[] = [];
    for (let after = ''; work.length < most;) {
      const page = await arCandidates(db, { after, limit: pageSize });
      work.push(...(await undone(db, page)));
      const last = page.at(-1);
      if (last === undefined || page.length < pageSize) break;
      after = last.external_id;
    }
    return work;
  });
}

async function undone(db: Db, documents: readonly ArCandidate[]): Promise<Work[]> {
  const work: Work[] = [];
  for (const [day, ofDay] of groupBy(documents, ({ issued_on }) => issued_on)) {
    const tenants = [...new Set(ofDay.map(({ tenant_id }) => tenant_id))];
    const customers = await customersOn(db, tenants, day);
    for (const document of ofDay) {
      const customer = customers.get(document.tenant_id) ?? null;
      const hash = arContentHash(document, customer);
      if (document.pushed_hash !== hash || document.compared_hash !== hash)
        work.push({ document, customer, hash });
    }
  }
  return work;
}

async function pushOne(deps: ArDeps, work: Work, run: ProcessRun, result: ArResult): Promise<void> {
  const { ledger, finance } = deps;
  const { document, hash } = work;
  const { external_id, kind, tenant_id } = document;
  const payload = await payloadOf(deps, work);
  if (document.pushed_hash !== hash) {
    const what = `document ${external_id} is not pushed to finance`;
    const { action, invoice_id } = await askUpstream(what, finance.importArDocument(payload));
    const push = { external_id, kind, tenant_id, content_hash: hash, action, finance_id: invoice_id };
    await ledger.execute(commands.recordArPush, push, run.meta());
    result.pushed += 1;
  }
  if (!result.read_back) return;
  const what = `document ${external_id} is pushed, but not read back`;
  const copy = await askUpstream(what, finance.readArDocument(external_id));
  if (copy === null && !(await ledger.query(hasReadBack))) {
    result.read_back = false;
    return;
  }
  const differences = copy === null ? [missing] : compareAr(payload, copy);
  const comparison = { external_id, content_hash: hash, differences };
  await ledger.execute(commands.recordArComparison, comparison, run.meta());
  result.compared += 1;
  if (differences.length > 0) result.different += 1;
}

/** Finance gives its copies, but not this one. */
const missing: ArDifference = { field: 'external_id', ours: 'pushed', theirs: null };

async function payloadOf({ ledger, personal }: ArDeps, { document, customer }: Work): Promise<ArPayload> {
  const { invoice_id, lines_hash } = document;
  const lines =
    invoice_id === null || lines_hash === null
      ? []
      : ((await ledger.query((db) => linesOf(db, invoice_id, [lines_hash]))).get(lines_hash) ?? []);
  const opened = customer === null ? null : await openCustomer(personal, customer);
  return arPayload(document, opened === null || opened.legal_name === ERASED ? null : opened, lines);
}

/** Why it failed, without the words of finance. */
function reasonOf(error: unknown): { reason: string; status: number | null } {
  if (!(error instanceof Refused)) throw error;
  const { cause } = error;
  if (cause instanceof FinanceError) return { reason: cause.code, status: cause.status };
  return { reason: error.refusal.refused, status: null };
}

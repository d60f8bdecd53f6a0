import { invoiceId } from '../../commands/invoicing/invoice.ts';
import { refuseUnendedPeriod, type IssueInvoice } from '../../commands/invoicing/issue-invoice.ts';
import type { ExistingInvoice } from '../../projections/invoicing/invoice-queries.ts';
import { countInvoices } from '../../projections/invoicing/rollup-queries.ts';
import { netDaysOf } from '../../projections/parties/customer-queries.ts';
import { commands } from './commands.ts';
import type { CommandMeta, Ledger } from '../ledger/ledger.ts';
import { isRefusal, Refused, type Refusal } from '../ledger/refusal.ts';
import { inTurns, mapSteps } from '../runtime/in-turns.ts';
import { mapBounded } from '../runtime/map-bounded.ts';
import type { Tax } from '../pricing/tax.ts';
import { dayOf } from '../pricing/calendar.ts';
import { defaultNetDays } from '../pricing/payment-terms.ts';
import type { NotBillable } from '../pricing/billable.ts';
import type { FreezeDeps } from './documents/freeze-documents.ts';
import { settleInvoices } from './documents/settle-invoices.ts';
import { seedTax } from './seed/seed-tax.ts';
import {
  judgeCandidate,
  type InvoiceToIssue,
  type JudgeBy,
  type Judgement,
} from '../invoicing/judge-candidate.ts';
import { readMonth, type RollUpCandidate, type MonthRead, type RollUp } from '../invoicing/read-month.ts';

/** The outcome for one tenant's invoice. */
export interface RolledUpInvoice {
  tenant_id: string;
  invoice_id: string;
  /**
   * `skipped`: it stands as it was. `refused`: `force` does not replace a paid one, one with credit or debit
   * notes, nor a void one of a tenant that is not named, or the month can't be computed.
   */
  status: 'issued' | 'reissued' | 'skipped' | 'refused';
  /** Why it was skipped or refused: a code. */
  reason:
    | 'already-issued'
    | 'unchanged'
    | 'invoice-paid'
    | 'invoice-void'
    | 'invoice-corrected'
    | 'not-billable'
    | null;
  /** Of the invoice that stands; 0 where there is none. */
  total_cents: number;
}

export interface RollUpResult {
  period: string;
  invoices: RolledUpInvoice[];
  /** Tenants whose month can't be billed. */
  not_billable: NotBillable[];
}

export interface RollUpDeps extends FreezeDeps {
  /** What a ledger without any tax rate is seeded with. */
  tax: Tax;
  /** Called for each invoice, once its batch is issued. */
  onProgress?: (done: number, total: number) => void;
}

/**
 * Invoices a month (spec 11): every tenant with a subscription in force on one of its days, or with LLM
 * charges in it. All inputs are read in one snapshot, whose journal position each invoice records. A second
 * run adds nothing; it reads only the tenants without an invoice that got new facts since the first. A run
 * over all tenants records that the month is rolled up, with the tenants whose month can't be billed: later
 * runs try them again.
 * @throws {Refused} `period-not-ended`; with one tenant and `force`, `invoice-paid` and `invoice-corrected`
 */
export async function rollUp(
  deps: RollUpDeps,
  request: RollUp,
  meta: () => CommandMeta,
): Promise<RollUpResult> {
  const { ledger, tax } = deps;
  const { period, tenant_id, force = false } = request;
  const early = refuseUnendedPeriod(period, { today: dayOf(ledger.now()) });
  if (early !== null) throw new Refused(early);
  const month = await readTaxedMonth(ledger, tax, request, meta);
  const { position, candidates } = month;
  const netDays = await readNetDays(ledger, candidates);
  const notBillable: (NotBillable & { existing: boolean })[] = [];
  const run = { position, force, single: tenant_id !== undefined, notBillable, netDays };
  let done = 0;
  const rolledUp = await mapBounded(
    inBatches(candidates),
    async (batch) => {
      const issued = await rollUpBatch(deps, batch, run, meta);
      for (const _tenant of batch) deps.onProgress?.((done += 1), candidates.length);
      return issued;
    },
    batchesAtOnce,
  );
  notBillable.sort(byTenant);
  const invoices = [...month.standing.map(skipped), ...rolledUp.flat()].sort(byTenant);
  const withoutInvoice = notBillable.filter(({ existing }) => !existing);
  if (tenant_id === undefined)
    await recordRolledUp(ledger, { period, month, not_billable: withoutInvoice.map(withReason) }, meta);
  const issued = invoices.filter(({ status }) => status === 'issued' || status === 'reissued');
  await settleInvoices(
    deps,
    issued.map(({ invoice_id }) => invoice_id),
    meta,
  );
  return { period, invoices, not_billable: notBillable.map(withReason) };
}

/** Reads the month; where the ledger has no tax rate yet and there is something to bill, seeds it first. */
async function readTaxedMonth(
  ledger: Ledger,
  tax: Tax,
  request: RollUp,
  meta: () => CommandMeta,
): Promise<MonthRead> {
  const read = () =>
    ledger.readLatest((db, position) => readMonth(db, position, request, { currency: ledger.currency }));
  const month = await read();
  if (!month.untaxed) return month;
  await seedTax(ledger, tax, meta());
  return read();
}

/** The days to pay what is issued today. */
async function readNetDays(
  ledger: Ledger,
  candidates: readonly RollUpCandidate[],
): Promise<Map<string, number>> {
  const tenants = candidates.map(({ inputs }) => inputs.tenant_id);
  return ledger.readLatest((db) => netDaysOf(db, tenants, dayOf(ledger.now())));
}

function withReason({ tenant_id, reason }: NotBillable): NotBillable {
  return { tenant_id, reason };
}

function byTenant(a: { tenant_id: string }, b: { tenant_id: string }): number {
  return a.tenant_id < b.tenant_id ? -1 : a.tenant_id > b.tenant_id ? 1 : 0;
}

/** An invoice that a run without force leaves as it is. */
function skipped({ tenant_id, invoice_id, total_cents }: ExistingInvoice): RolledUpInvoice {
  return { tenant_id, invoice_id, status: 'skipped', reason: 'already-issued', total_cents };
}

interface RolledUp {
  period: string;
  month: MonthRead;
  not_billable: NotBillable[];
}

/** Records that a month is rolled up, with the number of its invoices: a second rollup counts the same. */
async function recordRolledUp(
  ledger: Ledger,
  { period, month, not_billable }: RolledUp,
  meta: () => CommandMeta,
): Promise<void> {
  const invoices = await ledger.readLatest((db) => countInvoices(db, period));
  const mark = {
    period,
    invoices,
    inputs_position: month.position,
    not_billable,
    judged_position: month.judged_position,
  };
  await ledger.execute(commands.recordMonthRolledUp, mark, meta());
}

/** How many deployments' months are priced and appended at once: what a log takes in few statements. */
const deploymentsABatch = 500;
/** While one batch is appended, the next is priced. */
const batchesAtOnce = 2;

/** Candidates in batches of about so many deployments, in order. */
function inBatches(candidates: readonly RollUpCandidate[]): RollUpCandidate[][] {
  const batches: RollUpCandidate[][] = [];
  let room = 0;
  for (const candidate of candidates) {
    if (room <= 0) {
      batches.push([]);
      room = deploymentsABatch;
    }
    batches.at(-1)?.push(candidate);
    room -= candidate.inputs.deployments.length;
  }
  return batches;
}

interface RollUpRun extends JudgeBy {
  /** Where a month that can't be billed is noted. */
  notBillable: (NotBillable & { existing: boolean })[];
  /** Days to pay, of tenants that have a profile. */
  netDays: ReadonlyMap<string, number>;
}

/** What comes of some tenants' months, but of those with nothing to invoice. */
async function rollUpBatch(
  deps: RollUpDeps,
  batch: readonly RollUpCandidate[],
  run: RollUpRun,
  meta: () => CommandMeta,
): Promise<RolledUpInvoice[]> {
  const toIssue: ToIssue[] = [];
  const others = await inTurns(
    mapSteps(batch, (candidate) => {
      const judged = judgeCandidate(candidate, run);
      if (judged.verdict !== 'issue') return outcomeOf(deps, candidate, judged, run);
      toIssue.push({ candidate, invoice: judged.invoice() });
      return null;
    }),
  );
  const issued = toIssue.length === 0 ? [] : await issueEach(deps.ledger, toIssue, run, meta);
  return [...others.filter((outcome) => outcome !== null), ...issued];
}

/** An outcome without an issue; null: there is nothing to invoice. */
function outcomeOf(
  { logger }: RollUpDeps,
  { inputs, existing }: RollUpCandidate,
  judged: Exclude<Judgement, { verdict: 'issue' }>,
  run: RollUpRun,
): RolledUpInvoice | null {
  const { tenant_id, period } = inputs;
  const total_cents = existing?.total_cents ?? 0;
  const subject = { tenant_id, invoice_id: invoiceId(tenant_id, period), total_cents };
  switch (judged.verdict) {
    case 'nothing':
      return null;
    case 'stands':
      return { ...subject, status: 'skipped', reason: judged.reason };
    case 'refused':
      return { ...subject, ...refusedWith(judged.refusal) };
    case 'not-billable':
      logger.error({ tenant_id, period, err: judged.error }, 'a month cannot be billed');
      run.notBillable.push({ tenant_id, reason: judged.error.message, existing: existing !== undefined });
      return { ...subject, status: 'refused', reason: 'not-billable' };
  }
}

interface ToIssue {
  candidate: RollUpCandidate;
  invoice: InvoiceToIssue;
}

/** Issues invoices, all lines first: after a failure there is no invoice without its lines. */
async function issueEach(
  ledger: Ledger,
  toIssue: readonly ToIssue[],
  { force, single, netDays }: RollUpRun,
  meta: () => CommandMeta,
): Promise<RolledUpInvoice[]> {
  await ledger.storeParts(
    toIssue.map(({ invoice }) => invoice.parts),
    meta(),
  );
  const answers = await ledger.executeEach(
    commands.issueInvoice,
    toIssue.map(({ candidate: { existing, late }, invoice: { content } }): IssueInvoice => ({
      ...content,
      force,
      net_days: netDays.get(content.tenant_id) ?? defaultNetDays,
      ...(late && existing !== undefined ? { late_since: existing.inputs_position } : {}),
      ...(existing?.status === 'void' ? { reissues_void: existing.issue_no } : {}),
    })),
    meta(),
  );
  return toIssue.map(({ candidate, invoice: { content } }, index): RolledUpInvoice => {
    const { tenant_id, invoice_id } = content;
    const answer = answers[index] as (typeof answers)[number];
    if (isRefusal(answer)) {
      // An invoice that was paid or voided in this moment fails this tenant alone. With one named tenant the
      // refusal is thrown.
      if (single || reasonOf(answer) === null) throw new Refused(answer);
      const total_cents = candidate.existing?.total_cents ?? 0;
      return { tenant_id, invoice_id, total_cents, ...refusedWith(answer) };
    }
    const { result, appended } = answer;
    const subject = { tenant_id, invoice_id, total_cents: result?.total_cents ?? content.total_cents };
    if (appended > 0)
      return { ...subject, status: result?.issue_no === 1 ? 'issued' : 'reissued', reason: null };
    return { ...subject, status: 'skipped', reason: force ? 'unchanged' : 'already-issued' };
  });
}

function reasonOf({ refused: code }: Refusal): 'invoice-paid' | 'invoice-void' | 'invoice-corrected' | null {
  return code === 'invoice-paid' || code === 'invoice-void' || code === 'invoice-corrected' ? code : null;
}

function refusedWith(refusal: Refusal): Pick<RolledUpInvoice, 'status' | 'reason'> {
  return { status: 'refused', reason: reasonOf(refusal) };
}

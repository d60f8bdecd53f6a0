import { invoiceId } from '../../commands/invoicing/invoice.ts';
import { refuseUnendedPeriod, type IssueInvoice } from '../../commands/invoicing/issue-invoice.ts';
import type { ExistingInvoice } from '../../projections/invoicing/invoice-queries.ts';
import { countInvoices } from '../../projections/invoicing/rollup-queries.ts';
import { netDaysOf } from '../../projections/parties/customer-queries.ts';
import { commands } from './commands.ts';
import type { CommandMeta, Ledger } from '../ledger/ledger.ts';
import { Refused, type Refusal } from '../ledger/refusal.ts';
import { mapBounded } from '../runtime/map-bounded.ts';
import type { Tax } from '../pricing/tax.ts';
import { dayOf } from '../pricing/calendar.ts';
import { defaultNetDays } from '../pricing/payment-terms.ts';
import type { NotBillable } from '../pricing/billable.ts';
import type { FreezeDeps } from './documents/freeze-documents.ts';
import { settleInvoices } from './documents/settle-invoices.ts';
import { seedTax } from './seed/seed-tax.ts';
import { judgeCandidate, type InvoiceToIssue, type JudgeBy } from '../invoicing/judge-candidate.ts';
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
  /** Called after each invoice. */
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
  let done = 0;
  const rolledUp = await mapBounded(candidates, async (candidate) => {
    const run = { position, force, single: tenant_id !== undefined, notBillable, netDays };
    const invoice = await rollUpTenant(deps, candidate, run, meta);
    deps.onProgress?.((done += 1), candidates.length);
    return invoice;
  });
  notBillable.sort(byTenant);
  const invoices = [...month.standing.map(skipped), ...rolledUp.filter((invoice) => invoice !== null)].sort(
    byTenant,
  );
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

/** With one named tenant a paid invoice is thrown as a refusal. */
interface RollUpRun extends JudgeBy {
  /** Where a month that can't be billed is noted. */
  notBillable: (NotBillable & { existing: boolean })[];
  /** Days to pay, of tenants that have a profile. */
  netDays: ReadonlyMap<string, number>;
}

/** Null: there is nothing to invoice. */
async function rollUpTenant(
  { ledger, logger }: RollUpDeps,
  candidate: RollUpCandidate,
  run: RollUpRun,
  meta: () => CommandMeta,
): Promise<RolledUpInvoice | null> {
  const { inputs, existing } = candidate;
  const { tenant_id, period } = inputs;
  const total_cents = existing?.total_cents ?? 0;
  const subject = { tenant_id, invoice_id: invoiceId(tenant_id, period), total_cents };
  const judged = judgeCandidate(candidate, run);
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
    case 'issue':
      try {
        return await issue(ledger, candidate, judged.invoice(), run, meta);
      } catch (error) {
        // An invoice that was paid or voided in this moment fails this tenant alone.
        if (run.single || !(error instanceof Refused) || reasonOf(error.refusal) === null) throw error;
        return { ...subject, ...refusedWith(error.refusal) };
      }
  }
}

async function issue(
  ledger: Ledger,
  { existing, late }: RollUpCandidate,
  { content, parts }: InvoiceToIssue,
  { force, netDays }: RollUpRun,
  meta: () => CommandMeta,
): Promise<RolledUpInvoice> {
  const subject = { tenant_id: content.tenant_id, invoice_id: content.invoice_id };
  await ledger.storeParts(parts.stream, parts.events, meta());
  const input: IssueInvoice = {
    ...content,
    force,
    net_days: netDays.get(subject.tenant_id) ?? defaultNetDays,
    ...(late && existing !== undefined ? { late_since: existing.inputs_position } : {}),
    ...(existing?.status === 'void' ? { reissues_void: existing.issue_no } : {}),
  };
  const { result, appended } = await ledger.execute(commands.issueInvoice, input, meta());
  const total_cents = result?.total_cents ?? content.total_cents;
  if (appended > 0)
    return { ...subject, status: result?.issue_no === 1 ? 'issued' : 'reissued', reason: null, total_cents };
  return { ...subject, status: 'skipped', reason: force ? 'unchanged' : 'already-issued', total_cents };
}

function reasonOf({ refused: code }: Refusal): 'invoice-paid' | 'invoice-void' | 'invoice-corrected' | null {
  return code === 'invoice-paid' || code === 'invoice-void' || code === 'invoice-corrected' ? code : null;
}

function refusedWith(refusal: Refusal): Pick<RolledUpInvoice, 'status' | 'reason'> {
  return { status: 'refused', reason: reasonOf(refusal) };
}

import { invoiceId } from '../../commands/invoices/invoice.ts';
import { linesInParts } from '../../commands/invoices/invoice-parts.ts';
import { notBilledText, settled, unendedPeriod } from '../../commands/invoices/issue-invoice.ts';
import type { IssueInvoice } from '../../commands/invoices/issue-invoice.ts';
import { invoicesOfPeriod } from '../../projections/invoices/invoice-queries.ts';
import type { ExistingInvoice } from '../../projections/invoices/invoice-queries.ts';
import { countInvoices } from '../../projections/invoices/rollup-queries.ts';
import { hasTaxRate } from '../../projections/catalog/tax-queries.ts';
import { tenantsWithLateFacts } from '../../projections/invoices/late-queries.ts';
import { commands } from '../commands.ts';
import type { CommandMeta, Ledger } from '../engine/ledger.ts';
import { Refused } from '../engine/refusal.ts';
import type { Refusal } from '../engine/refusal.ts';
import type { Logger } from '../engine/logger.ts';
import { mapBounded } from '../engine/bounded.ts';
import type { BilledInvoice, Tax, TenantBillingInputs } from '../pricing/billing.ts';
import { billTenant } from '../pricing/rollup.ts';
import { loadBillingInputs } from './inputs.ts';
import { seedTax } from './seed-tax.ts';

/** What to invoice. */
export interface RollUp {
  /** First day of the month. */
  period: string;
  /** One tenant alone; default: everybody who has something to pay. */
  tenant_id?: string | undefined;
  /**
   * Replaces issued invoices whose content is no longer right, or that facts came too late for, never paid ones; of one
   * named tenant also a void one, whatever its content.
   */
  force?: boolean | undefined;
}

/** What became of one tenant's invoice. */
export interface RolledUpInvoice {
  tenant_id: string;
  invoice_id: string;
  /** `skipped`: it stands as it was. `refused`: `force` does not reach a paid one, nor a void one without a name, or the month can't be computed. */
  status: 'issued' | 'reissued' | 'skipped' | 'refused';
  /** Why it was skipped or refused: a code. */
  reason: 'already-issued' | 'unchanged' | 'invoice-paid' | 'invoice-void' | 'not-billable' | null;
  /** Of the invoice that stands; 0 where there is none. */
  total_cents: number;
}

export interface RollUpResult {
  period: string;
  invoices: RolledUpInvoice[];
}

export interface RollUpDeps {
  ledger: Ledger;
  /** What a ledger without any tax rate is seeded with. */
  tax: Tax;
  logger: Logger;
  /** Told after each invoice. */
  onProgress?: (done: number, total: number) => void;
}

/** One tenant's month, what is there of it already, and whether facts came too late for that. */
interface Candidate {
  inputs: TenantBillingInputs;
  existing: ExistingInvoice | undefined;
  late: boolean;
}

/**
 * Invoices a month (spec 11): every tenant with a subscription that was in force on at least one of its days, or with
 * LLM charges in it. All inputs are read in one snapshot, whose journal position each invoice records. A second run
 * finds every invoice there and adds nothing. Over all tenants it records that the month is rolled up, unless the month of
 * one of them can't be computed: the month stays due until that one has its invoice too.
 * @throws {Refused} `period-not-ended`; with one tenant and `force`, `invoice-paid`
 */
export async function rollUp(deps: RollUpDeps, { period, tenant_id, force = false }: RollUp, meta: () => CommandMeta): Promise<RollUpResult> {
  const { ledger } = deps;
  const early = unendedPeriod(period, { today: ledger.now().slice(0, 10) });
  if (early !== null) throw new Refused(early);
  const { position, candidates } = await readMonth(deps, { period, tenant_id, force }, meta);
  let done = 0;
  const invoices = await mapBounded(candidates, async (candidate) => {
    const rolledUp = await rollUpTenant(deps, candidate, { position, force, single: tenant_id !== undefined }, meta);
    deps.onProgress?.(done += 1, candidates.length);
    return rolledUp;
  });
  const result = { period, invoices: invoices.filter((invoice) => invoice !== null) };
  if (tenant_id === undefined && result.invoices.every(({ reason }) => reason !== 'not-billable')) await complete(ledger, period, meta);
  return result;
}

interface MonthRead {
  /** The journal position of the inputs. */
  position: number;
  candidates: Candidate[];
}

/** Reads a month in one snapshot. The first month that is billed at all seeds the tax rate, where no start has done so. */
async function readMonth({ ledger, tax }: RollUpDeps, { period, tenant_id, force = false }: RollUp, meta: () => CommandMeta): Promise<MonthRead> {
  const read = () => ledger.readLatest(async (db, at) => {
    const existing = new Map((await invoicesOfPeriod(db, { period, tenantId: tenant_id })).map((invoice) => [invoice.tenant_id, invoice]));
    if (tenant_id !== undefined && force) refuseSettled(existing.get(tenant_id));
    const inputs = await loadBillingInputs(db, { period, atPosition: at, tenantId: tenant_id, currency: ledger.currency });
    const late = force && existing.size > 0 ? await tenantsWithLateFacts(db, { period, tenantId: tenant_id }) : new Set();
    const candidates = inputs.map((tenant): Candidate => ({ inputs: tenant, existing: existing.get(tenant.tenant_id), late: late.has(tenant.tenant_id) }));
    return { position: at, candidates, untaxed: inputs.length > 0 && !(await hasTaxRate(db)) };
  });
  const month = await read();
  if (!month.untaxed) return month;
  await seedTax(ledger, tax, meta());
  return read();
}

/**
 * Records that a month is rolled up. What is counted is what stands, whoever issued it: a rollup that finds every invoice
 * there comes to the same, so that the months of before this was recorded need no more than a rollup that skips them all.
 */
async function complete(ledger: Ledger, period: string, meta: () => CommandMeta): Promise<void> {
  const invoices = await ledger.readLatest((db) => countInvoices(db, period));
  await ledger.execute(commands.recordMonthRolledUp, { period, invoices }, meta());
}

/** @throws {Refused} for an invoice that is paid */
function refuseSettled(existing: ExistingInvoice | undefined): void {
  const refusal = existing === undefined ? null : settled(existing, existing.issue_no);
  if (refusal !== null) throw new Refused(refusal);
}

interface Run {
  position: number;
  force: boolean;
  /** Asked for this tenant alone: that it is paid is thrown, and a void one is forced too. */
  single: boolean;
}

/** Null: there is nothing to invoice. */
async function rollUpTenant({ ledger, logger }: RollUpDeps, candidate: Candidate, run: Run, meta: () => CommandMeta): Promise<RolledUpInvoice | null> {
  const { inputs, existing } = candidate;
  const { tenant_id, period } = inputs;
  const subject = { tenant_id, invoice_id: invoiceId(tenant_id, period) };
  if (existing !== undefined && !run.force) return { ...subject, status: 'skipped', reason: 'already-issued', total_cents: existing.total_cents };
  // Nothing of an invoice that is left as it is is stored either, not even lines that nothing would show.
  const refusal = existing === undefined ? null : settled(existing, run.single ? existing.issue_no : undefined);
  if (existing !== undefined && refusal !== null) return { ...subject, ...refused(refusal), total_cents: existing.total_cents };
  try {
    const billed = billTenant(inputs);
    return billed === null ? null : await issue(ledger, candidate, billed, run, meta);
  } catch (error) {
    // Nobody goes without an invoice because a neighbour's amounts don't fit, or because it was settled in this moment.
    if (!run.single && error instanceof Refused && reasonOf(error.refusal) !== null) return { ...subject, ...refused(error.refusal), total_cents: existing?.total_cents ?? 0 };
    if (!(error instanceof RangeError)) throw error;
    logger.error({ tenant_id, period, err: error }, 'a month cannot be billed');
    return { ...subject, status: 'refused', reason: 'not-billable', total_cents: existing?.total_cents ?? 0 };
  }
}

async function issue(ledger: Ledger, { inputs, existing, late }: Candidate, billed: BilledInvoice, { position, force }: Run, meta: () => CommandMeta): Promise<RolledUpInvoice> {
  const subject = { tenant_id: inputs.tenant_id, invoice_id: invoiceId(inputs.tenant_id, inputs.period) };
  const parts = linesInParts({ invoice_id: subject.invoice_id, tenant_id: subject.tenant_id }, billed.lines);
  // The command would come to the same, at the price of two conflicts with what is on the streams already.
  const unchanged = existing?.lines_hash === parts.hash && notBilledText(existing) === notBilledText(billed);
  const isVoid = existing?.status === 'void';
  if (existing !== undefined && unchanged && !late && !isVoid) return { ...subject, status: 'skipped', reason: 'unchanged', total_cents: existing.total_cents };
  await ledger.storeParts(parts.stream, parts.events, meta());
  const { tax, lines: _lines, ...content } = billed;
  const input: IssueInvoice = {
    ...content, ...subject, force, tax_name: tax.name, tax_rate: tax.rate, inputs_position: position,
    lines_hash: parts.hash, parts: parts.events.length, lines: parts.lines,
    ...(late && existing !== undefined ? { late_since: existing.inputs_position } : {}),
    ...(isVoid ? { reissues_void: existing.issue_no } : {}),
  };
  const { result, appended } = await ledger.execute(commands.issueInvoice, input, meta());
  const total_cents = result?.total_cents ?? billed.total_cents;
  if (appended > 0) return { ...subject, status: result?.issue_no === 1 ? 'issued' : 'reissued', reason: null, total_cents };
  return { ...subject, status: 'skipped', reason: force ? 'unchanged' : 'already-issued', total_cents };
}

function reasonOf({ refused: code }: Refusal): 'invoice-paid' | 'invoice-void' | null {
  return code === 'invoice-paid' || code === 'invoice-void' ? code : null;
}

function refused(refusal: Refusal): Pick<RolledUpInvoice, 'status' | 'reason'> {
  return { status: 'refused', reason: reasonOf(refusal) };
}

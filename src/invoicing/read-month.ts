/** What a rollup reads: a month's inputs, its invoices so far, and the tenants that an earlier one left. */
import { refuseReissue } from '../../commands/invoicing/issue-invoice.ts';
import { hasTaxRate } from '../../projections/catalog/tax-queries.ts';
import { invoicesOfPeriod, type ExistingInvoice } from '../../projections/invoicing/invoice-queries.ts';
import { tenantsWithLateFacts } from '../../projections/invoicing/late-fact-queries.ts';
import { stragglers } from '../../projections/invoicing/straggler-queries.ts';
import type { Db } from '../database/db.ts';
import { Refused } from '../ledger/refusal.ts';
import type { TenantInvoicingInputs } from '../pricing/invoice.ts';
import { monthOf } from '../pricing/calendar.ts';
import type { InvoicingScope } from './load-invoicing-inputs.ts';
import { unjudgedInputs, unjudgedOf, wholeMonth } from './unjudged-tenants.ts';

/** What to invoice. */
export interface RollUp {
  /** First day of the month. */
  period: string;
  /** One tenant alone; default: all tenants with something to pay. */
  tenant_id?: string | undefined;
  /**
   * Replaces issued invoices whose content is no longer right, or that facts came too late for. Never a paid
   * one; a void one only of a named tenant, whatever its content.
   */
  force?: boolean | undefined;
}

/** One tenant's month, its invoice if there is one, and whether facts came too late for that. */
export interface RollUpCandidate {
  inputs: TenantInvoicingInputs;
  existing: ExistingInvoice | undefined;
  late: boolean;
}

/** A month as a rollup read it, in one snapshot. */
export interface MonthRead {
  /** The journal position of the inputs. */
  position: number;
  candidates: RollUpCandidate[];
  /** Invoices that stand and whose inputs were not read: they are skipped. */
  standing: ExistingInvoice[];
  /** There is something to bill, and no tax rate. */
  untaxed: boolean;
  /** The position of the last fact of tenants without an invoice that no rollup had judged; 0: none. */
  judged_position: number;
}

/**
 * Reads a month in one snapshot of the read models, which stands at journal position `position`.
 * @throws {Refused} with one tenant and `force`, for an invoice that can't be reissued
 */
export async function readMonth(
  db: Db,
  position: number,
  { period, tenant_id, force = false }: RollUp,
  { currency, seedTax }: Pick<InvoicingScope, 'currency' | 'seedTax'>,
): Promise<MonthRead> {
  const existing = new Map(
    (await invoicesOfPeriod(db, { period, tenantId: tenant_id })).map((invoice) => [
      invoice.tenant_id,
      invoice,
    ]),
  );
  if (tenant_id !== undefined && force) requireReissuable(existing.get(tenant_id));
  const scope = { period, atPosition: position, tenantId: tenant_id, currency, seedTax };
  const left = tenant_id === undefined ? await unjudgedOf(db, period) : wholeMonth;
  // Tenants that were judged before and have no new facts come to the same as then. With force all are
  // computed.
  const unjudged = { ...left, isRolledUp: left.isRolledUp && !force };
  const inputs = await unjudgedInputs(db, scope, unjudged);
  const late =
    force && existing.size > 0 ? await tenantsWithLateFacts(db, { period, tenantId: tenant_id }) : new Set();
  const candidates = inputs.map((tenant): RollUpCandidate => ({
    inputs: tenant,
    existing: existing.get(tenant.tenant_id),
    late: late.has(tenant.tenant_id),
  }));
  return {
    position,
    candidates,
    standing: unjudged.isRolledUp ? [...existing.values()] : [],
    judged_position: unjudged.stragglers.reduce(
      (last, { last_position }) => Math.max(last, last_position),
      0,
    ),
    untaxed: inputs.length > 0 && !(await hasTaxRate(db)),
  };
}

/** @throws {Refused} for an invoice that is paid */
function requireReissuable(existing: ExistingInvoice | undefined): void {
  const refusal = existing === undefined ? null : refuseReissue(existing, existing.issue_no);
  if (refusal !== null) throw new Refused(refusal);
}

/**
 * Months that have ended and in which tenants without an invoice may have something to bill, oldest first.
 */
export async function monthsLeftBehind(db: Db, today: string): Promise<string[]> {
  const behind = await stragglers(db, { before: monthOf(today) });
  return [...new Set(behind.map(({ period }) => period))];
}

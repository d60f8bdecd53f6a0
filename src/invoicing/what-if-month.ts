import { invoicesOfPeriod, type ExistingInvoice } from '../../projections/invoicing/invoice-queries.ts';
import type { Db } from '../database/db.ts';
import type { NotBillable, TenantOutcomes } from '../pricing/billable.ts';
import type { Margin } from '../pricing/margin.ts';
import { addCents, sumCents } from '../pricing/money.ts';
import { AmountTooLarge } from '../pricing/rounding.ts';
import {
  compareTenant,
  sides,
  underOverrides,
  type TenantWhatIf,
  type WhatIfLine,
} from '../pricing/compare-tenant.ts';
import { marginSides, whatIfMargin, type MarginSides, type WhatIfMargin } from '../pricing/what-if-margin.ts';
import type { OverriddenCatalog } from '../pricing/what-if-overrides.ts';
import { eachTenant } from './each-tenant.ts';
import { loadInvoicingInputs, type InvoicingScope } from './load-invoicing-inputs.ts';
import { marginOfPeriod, type MarginScope } from './margin.ts';

/** One tenant's month in the answer. Amounts include tax, those of the margin don't. */
export interface WhatIfTenant {
  tenant_id: string;
  before_cents: number;
  after_cents: number;
  delta_cents: number;
  /** The total of the invoice with its notes; null where the tenant has none, or a void one. */
  issued_cents: number | null;
  margin: MarginSides | null;
  /** Deployments whose terms the overrides replace. */
  affected: string[];
  /** Deployments that keep their terms although their plan is named. */
  grandfathered: string[];
  lines: WhatIfLine[];
}

/** One month of a what-if. */
export interface WhatIfMonth {
  /** First day. */
  period: string;
  /** False: the running month, with its usage so far. */
  ended: boolean;
  before: { total_cents: number };
  after: { total_cents: number };
  /** What tenants were invoiced, credit and debit notes included, void invoices aside. */
  issued: { total_cents: number };
  delta_cents: number;
  margin: WhatIfMargin | null;
  /** Why there is no margin. */
  margin_unavailable: string | null;
  /** Deployments with a subscription that was in force on a day of the month. */
  subscriptions: { affected: number; grandfathered: number; untouched: number };
  /** Tenants that are left out since their month can't be computed as it is. */
  not_billable: NotBillable[];
  /** Tenants that have something to pay on either side, or were invoiced, in the order of ids. */
  tenants: WhatIfTenant[];
}

/**
 * Computes one month with and without the overrides, from one load of its inputs.
 * @param db one snapshot
 * @throws {OverrideTooLarge} for amounts beyond the safe integers that the overrides alone cause
 */
export async function whatIfMonth(
  db: Db,
  scope: Pick<InvoicingScope, 'period' | 'currency' | 'seedTax'>,
  catalog: OverriddenCatalog,
  today: string,
): Promise<WhatIfMonth> {
  const { period, currency } = scope;
  const current = await marginOrReason(db, { period, currency, seedTax: scope.seedTax });
  const issued = (await invoicesOfPeriod(db, { period })).filter(({ status }) => status !== 'void');
  const tried = await eachTenant(await loadInvoicingInputs(db, scope), (tenant) =>
    compareTenant(tenant, catalog),
  );
  const outcome = { ...tried, results: tried.results.filter((tenant) => tenant !== null) };
  const compared = outcome.results;
  const before = sumCents(compared.map(({ before_cents }) => before_cents));
  const after = underOverrides(() => sumCents(compared.map(({ after_cents }) => after_cents)));
  const revenue = {
    before_cents: sumCents(compared.map((tenant) => tenant.revenue.before_cents)),
    after_cents: sumCents(compared.map((tenant) => tenant.revenue.after_cents)),
  };
  return {
    period,
    ended: period.slice(0, 7) < today.slice(0, 7),
    before: { total_cents: before },
    after: { total_cents: after },
    issued: { total_cents: sumCents(issued.map(withNotes)) },
    delta_cents: sides(before, after).delta_cents,
    margin: current.margin === null ? null : whatIfMargin(current.margin, revenue),
    margin_unavailable: current.unavailable,
    subscriptions: {
      affected: compared.reduce((sum, tenant) => sum + tenant.affected.length, 0),
      grandfathered: compared.reduce((sum, tenant) => sum + tenant.grandfathered.length, 0),
      untouched: compared.reduce((sum, tenant) => sum + tenant.untouched, 0),
    },
    not_billable: outcome.not_billable,
    tenants: tenantsOf(outcome, issued, current.margin),
  };
}

/** What an invoice comes to with its credit and debit notes. */
const withNotes = ({ total_cents, notes_cents }: ExistingInvoice): number =>
  addCents(total_cents, notes_cents);

/** The margin as it is; or why there is none: a cost in a currency without an exchange rate. */
async function marginOrReason(
  db: Db,
  scope: MarginScope,
): Promise<{ margin: Margin | null; unavailable: string | null }> {
  try {
    return { margin: await marginOfPeriod(db, scope), unavailable: null };
  } catch (error) {
    if (error instanceof RangeError && !(error instanceof AmountTooLarge))
      return { margin: null, unavailable: error.message };
    throw error;
  }
}

function tenantsOf(
  { results: compared, not_billable }: TenantOutcomes<TenantWhatIf>,
  issued: readonly ExistingInvoice[],
  current: Margin | null,
): WhatIfTenant[] {
  const invoiced = new Map(issued.map((invoice) => [invoice.tenant_id, withNotes(invoice)]));
  const costs = new Map(current?.tenants.map(({ tenant_id, cogs_cents }) => [tenant_id, cogs_cents]));
  const shown = ({
    revenue,
    untouched: _untouched,
    lines,
    affected,
    grandfathered,
    ...tenant
  }: TenantWhatIf): WhatIfTenant => ({
    ...tenant,
    issued_cents: invoiced.get(tenant.tenant_id) ?? null,
    margin: current === null ? null : marginSides(revenue, costs.get(tenant.tenant_id) ?? 0),
    affected,
    grandfathered,
    lines,
  });
  const listed = new Set([...compared, ...not_billable].map(({ tenant_id }) => tenant_id));
  const nothingToPay = [...invoiced.keys()]
    .filter((tenant_id) => !listed.has(tenant_id))
    .map((tenant_id): TenantWhatIf => ({
      tenant_id,
      ...sides(0, 0),
      revenue: { before_cents: 0, after_cents: 0 },
      affected: [],
      grandfathered: [],
      untouched: 0,
      lines: [],
    }));
  return [...compared, ...nothingToPay].map(shown).sort((a, b) => (a.tenant_id < b.tenant_id ? -1 : 1));
}

import { resourcePricesAt } from '../../projections/catalog/price-queries.ts';
import { taxRatesAt } from '../../projections/catalog/tax-queries.ts';
import {
  subscriptionHistories,
  type SubscriptionHistory,
} from '../../projections/deployments/invoicing-queries.ts';
import { allowanceModes, type LlmModeHistory } from '../../projections/deployments/llm-mode-queries.ts';
import {
  llmChargesForPeriod,
  reportedForPeriod,
  usageForPeriod,
  type DaysApart,
} from '../../projections/usage/invoicing-queries.ts';
import { chargesForPeriod } from '../../projections/usage/charge-queries.ts';
import { unmeteredForPeriod } from '../../projections/usage/unmetered-queries.ts';
import type { Db } from '../database/db.ts';
import type { DeploymentInvoicingInputs, TenantInvoicingInputs } from '../pricing/invoice.ts';
import { type Tax, taxesInForce } from '../pricing/tax.ts';
import { lastDay } from '../pricing/calendar.ts';
import { allowanceDays, commonDays } from '../pricing/llm-modes.ts';
import { runsOfPeriod, statusRunsOf, type DayRange } from '../pricing/segments.ts';
import type { SubscriptionFact } from '../pricing/subscription-terms.ts';

/** Which facts to load. */
export interface FactScope {
  /** First day of the month. */
  period: string;
  /** Only facts recorded up to this journal position; default: all that the snapshot has. */
  atPosition?: number | undefined;
  /** One tenant alone. */
  tenantId?: string | undefined;
}

/** Which inputs to load. */
export interface InvoicingScope extends FactScope {
  /** The ledger's currency. */
  currency: string;
  /** The tax of a ledger that has no rate yet: what its first rollup seeds it with. */
  seedTax?: Tax | undefined;
}

/** The tax of a ledger without any rate where none is configured. */
const noTax: Tax = { name: 'Tax', rate: '0' };

/**
 * Everything that a month is billed from, by tenant, in the order of tenant ids: the one loader behind
 * rollup, accrual, what-if, explain and verify. It reads effective-dated history and never how things are
 * now, in one query per kind of fact. It returns the deployments whose subscription began by the month's end,
 * that used something or were charged in the month, or for which the LLM gateway reported in it, and their
 * tenants.
 * @param db one snapshot
 */
export async function loadInvoicingInputs(db: Db, scope: InvoicingScope): Promise<TenantInvoicingInputs[]> {
  const [tenants, resource_prices, taxOf] = await Promise.all([
    loadDeployments(db, scope),
    resourcePricesAt(db, { onDay: lastDay(scope.period), atPosition: scope.atPosition }),
    taxOfTenants(db, scope),
  ]);
  const shared = { period: scope.period, currency: scope.currency, resource_prices };
  return tenants.map(({ tenant_id, deployments }) => ({
    tenant_id,
    ...shared,
    tax: taxOf(tenant_id),
    deployments,
  }));
}

/** The tax that each tenant's month bears: the rate in force on its last day. */
async function taxOfTenants(db: Db, scope: InvoicingScope): Promise<(tenantId: string) => Tax> {
  const { period, atPosition, tenantId, seedTax = noTax } = scope;
  const inForce = taxesInForce(
    await taxRatesAt(db, { onDay: lastDay(period), atPosition, tenantId }),
    lastDay(period),
  );
  return (tenant) => {
    const rate = inForce(tenant);
    return rate === null ? seedTax : { name: rate.name, rate: rate.rate };
  };
}

/** A tenant's deployments, each with the inputs of a month. */
export interface TenantDeployments {
  tenant_id: string;
  deployments: readonly DeploymentInvoicingInputs[];
}

/**
 * What every deployment of a month is billed from, by tenant, in the order of tenant ids.
 * @param db one snapshot
 */
export async function loadDeployments(db: Db, scope: FactScope): Promise<TenantDeployments[]> {
  const [histories, modes] = await Promise.all([subscriptionHistories(db, scope), allowanceModes(db, scope)]);
  const days = daysApart(histories, modes, scope.period);
  const [usage, reported, reports, charges, unmetered] = await Promise.all([
    usageForPeriod(db, scope, days.usage),
    reportedForPeriod(db, scope, days.usage),
    llmChargesForPeriod(db, scope, days.allowance),
    chargesForPeriod(db, scope),
    unmeteredForPeriod(db, scope),
  ]);
  const tenants = new DeploymentsByTenant();
  for (const { deployment_id, tenant_id, facts } of histories)
    tenants.of(tenant_id, deployment_id).facts = facts;
  for (const { deployment_id, tenant_id, ...run } of [...usage, ...reported])
    tenants.of(tenant_id, deployment_id).usage.push(run);
  for (const { deployment_id, tenant_id, charge_cents, tokens, from, to } of reports) {
    const deployment = tenants.of(tenant_id, deployment_id);
    if (from === null || to === null) deployment.llm_charges.push(charge_cents);
    else deployment.llm_allowance.push({ from, to, tokens, charge_cents });
  }
  for (const { deployment_id, tenant_id, ...charge } of charges)
    tenants.of(tenant_id, deployment_id).charges.push(charge);
  for (const { deployment_id, tenant_id, ...resource } of unmetered)
    tenants.of(tenant_id, deployment_id).unmetered.push(resource);
  return tenants.inOrder();
}

type Collected = {
  -readonly [
    Member in keyof DeploymentInvoicingInputs
  ]: DeploymentInvoicingInputs[Member] extends readonly (infer Item)[]
    ? Item[]
    : DeploymentInvoicingInputs[Member];
};

class DeploymentsByTenant {
  private readonly tenants = new Map<string, Map<string, Collected>>();

  of(tenantId: string, deploymentId: string): Collected {
    const deployments = this.tenants.get(tenantId) ?? new Map<string, Collected>();
    this.tenants.set(tenantId, deployments);
    const known = deployments.get(deploymentId) ?? {
      deployment_id: deploymentId,
      facts: [],
      usage: [],
      llm_charges: [],
      llm_allowance: [],
      charges: [],
      unmetered: [],
    };
    deployments.set(deploymentId, known);
    return known;
  }

  inOrder(): TenantDeployments[] {
    return [...this.tenants]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([tenant_id, deployments]) => ({ tenant_id, deployments: [...deployments.values()] }));
  }
}

/**
 * The days whose usage is summed apart: those of deployments that were in force on a part of the month only,
 * in runs of one status; and the days whose LLM reports are summed apart: those in mode `allowance`.
 */
function daysApart(
  histories: readonly SubscriptionHistory[],
  modes: readonly LlmModeHistory[],
  period: string,
): { usage: DaysApart[]; allowance: DaysApart[] } {
  const allDays = [{ from: period, to: lastDay(period) }];
  const cut = new Map(
    histories.flatMap(({ deployment_id, facts }): [string, DayRange[]][] => {
      const days = cutsOf(facts, period);
      return days.length > 1 ? [[deployment_id, days]] : [];
    }),
  );
  const named = (deployment_id: string, ranges: readonly DayRange[]): DaysApart[] =>
    ranges.map(({ from, to }) => ({ deployment_id, from, to }));
  return {
    usage: [...cut].flatMap(([id, ranges]) => named(id, ranges)),
    allowance: modes.flatMap(({ deployment_id, modes: held }) =>
      named(deployment_id, commonDays(allowanceDays(held, period), cut.get(deployment_id) ?? allDays)),
    ),
  };
}

/** The days of a month in runs of one status. Empty where all facts are from before the month: one status. */
function cutsOf(facts: readonly SubscriptionFact[], period: string): DayRange[] {
  return facts.every(({ day }) => day <= period) ? [] : statusRunsOf(runsOfPeriod(facts, period));
}

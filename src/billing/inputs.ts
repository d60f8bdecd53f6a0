import { resourcePricesAt } from '../../projections/catalog/price-queries.ts';
import { taxRatesAt } from '../../projections/catalog/tax-queries.ts';
import { subscriptionHistories } from '../../projections/deployments/billing-queries.ts';
import { llmChargesForPeriod, usageForPeriod } from '../../projections/usage/billing-queries.ts';
import type { Db } from '../database/db.ts';
import type { DeploymentBillingInputs, Tax, TenantBillingInputs } from '../pricing/billing.ts';
import { lastDay } from '../pricing/calendar.ts';
import { taxesInForce } from '../pricing/tax.ts';
import type { Usage } from '../pricing/types.ts';

/** Which inputs to load. */
export interface BillingScope {
  /** First day of the month. */
  period: string;
  /** Only facts recorded up to this journal position; default: all that the snapshot has. */
  atPosition?: number | undefined;
  /** One tenant alone. */
  tenantId?: string | undefined;
  /** The ledger's currency. */
  currency: string;
  /** As an issue recorded it; default: what the ledger says for each tenant on the month's last day. */
  tax?: Tax | undefined;
  /** Of a ledger that has no rate yet: what its first rollup seeds it with. */
  seedTax?: Tax | undefined;
}

/** Where nothing says otherwise. */
const noTax: Tax = { name: 'Tax', rate: '0' };

/** Omits what is undefined: the queries of this file tell "not given" by absence. */
function given({ period, atPosition, tenantId }: BillingScope): { period: string; atPosition?: number; tenantId?: string } {
  return { period, ...(atPosition === undefined ? {} : { atPosition }), ...(tenantId === undefined ? {} : { tenantId }) };
}

/**
 * Everything that a month is billed from, by tenant, in the order of tenant ids: the one loader behind rollup, accrual,
 * what-if, explain and verify. It reads effective-dated history and never how things are now, one query per kind of
 * fact, whatever the number of tenants. A deployment is there when a subscription of its began by the month's end
 * or its LLM gateway charged for the month; a tenant when it has such a deployment.
 * @param db one snapshot
 */
export async function loadBillingInputs(db: Db, scope: BillingScope): Promise<TenantBillingInputs[]> {
  const known = given(scope);
  const [histories, usage, charges, resourcePrices, taxOf] = await Promise.all([
    subscriptionHistories(db, known),
    usageForPeriod(db, known),
    llmChargesForPeriod(db, known),
    resourcePricesAt(db, { onDay: lastDay(scope.period), ...(scope.atPosition === undefined ? {} : { atPosition: scope.atPosition }) }),
    taxOfTenants(db, scope),
  ]);
  const usageOf = byDeployment(usage);
  const tenants = new Map<string, Map<string, DeploymentBillingInputs>>();
  for (const { deployment_id, tenant_id, facts } of histories) {
    deploymentsOf(tenants, tenant_id).set(deployment_id, { deployment_id, facts, usage: usageOf.get(deployment_id) ?? {}, llm_charges: [] });
  }
  for (const { deployment_id, tenant_id, charge_cents } of charges) {
    const deployments = deploymentsOf(tenants, tenant_id);
    const known = deployments.get(deployment_id) ?? { deployment_id, facts: [], usage: usageOf.get(deployment_id) ?? {}, llm_charges: [] };
    deployments.set(deployment_id, { ...known, llm_charges: [...known.llm_charges, charge_cents] });
  }
  const shared = { period: scope.period, currency: scope.currency, resource_prices: resourcePrices };
  return [...tenants].sort(([a], [b]) => (a < b ? -1 : 1)).map(([tenant_id, deployments]) => (
    { tenant_id, ...shared, tax: taxOf(tenant_id), deployments: [...deployments.values()] }));
}

/** Which tax each tenant's month bears. */
async function taxOfTenants(db: Db, scope: BillingScope): Promise<(tenantId: string) => Tax> {
  const { tax, period, atPosition, tenantId, seedTax = noTax } = scope;
  if (tax !== undefined) return () => tax;
  const inForce = taxesInForce(await taxRatesAt(db, { onDay: lastDay(period), atPosition, tenantId }), lastDay(period));
  return (tenant) => {
    const rate = inForce(tenant);
    return rate === null ? seedTax : { name: rate.name, rate: rate.rate };
  };
}

function deploymentsOf(tenants: Map<string, Map<string, DeploymentBillingInputs>>, tenantId: string): Map<string, DeploymentBillingInputs> {
  const known = tenants.get(tenantId) ?? new Map<string, DeploymentBillingInputs>();
  tenants.set(tenantId, known);
  return known;
}

/** Sums by billing kind as a plain object per deployment, in which a kind named like a member of Object.prototype is just a kind. */
function byDeployment(rows: readonly { deployment_id: string; resource_kind: string; qty: string }[]): Map<string, Usage> {
  const kinds = new Map<string, [string, string][]>();
  for (const { deployment_id, resource_kind, qty } of rows) {
    const known = kinds.get(deployment_id);
    if (known === undefined) kinds.set(deployment_id, [[resource_kind, qty]]);
    else known.push([resource_kind, qty]);
  }
  return new Map([...kinds].map(([deployment, entries]) => [deployment, Object.fromEntries(entries)]));
}

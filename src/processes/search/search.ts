import { paymentId } from '../../../commands/receivables/account.ts';
import { listPlans, type PlanRow } from '../../../projections/catalog/plan-queries.ts';
import { searchInventory, type InventoryRow } from '../../../projections/inventory/resource-queries.ts';
import {
  findInvoices,
  findNotes,
  findPayments,
  payersOf,
  type FoundInvoice,
  type FoundNote,
  type FoundPayment,
} from '../../../projections/search/money-queries.ts';
import {
  findCostLines,
  findDeployments,
  findProviderInvoices,
  type FoundCostLine,
  type FoundDeployment,
  type FoundProviderInvoice,
} from '../../../projections/search/object-queries.ts';
import { centsOfText, type SearchWanted } from '../../../projections/search/wanted.ts';
import type { Db } from '../../database/db.ts';
import type { PersonalData } from '../../personal/personal-data.ts';
import { findCustomers, type FoundCustomer } from './find-customers.ts';

/** What was found, by kind; each list has at most `limit` members. */
export interface SearchFound {
  customers: FoundCustomer[];
  deployments: FoundDeployment[];
  invoices: FoundInvoice[];
  notes: FoundNote[];
  payments: FoundPayment[];
  resources: InventoryRow[];
  plans: PlanRow[];
  /** Of an admin alone, as the lines are. */
  provider_invoices: FoundProviderInvoice[];
  cost_lines: FoundCostLine[];
}

/** Who searches for what, and how many objects of a kind are wanted. */
export interface SearchAsked {
  q: string;
  /** Null: an admin. */
  tenantId: string | null;
  limit: number;
  /** UTC day. */
  today: string;
}

/** The most plans that are looked through; a catalog has far fewer. */
const mostPlans = 1_000;

/**
 * Payments of that very reference. References are stored encrypted; the id of a payment follows from its
 * tenant, method and reference.
 */
async function paymentsOfReference(db: Db, wanted: SearchWanted): Promise<string[]> {
  const payers = await payersOf(db, wanted);
  return payers.map(({ tenant_id, method }) => paymentId(tenant_id, method, wanted.typed));
}

async function findPlans(db: Db, { text, tenantId, limit }: SearchWanted): Promise<PlanRow[]> {
  const plans = await listPlans(db, { tenantId, after: null, limit: mostPlans });
  return plans
    .filter(({ code, name }) => [code, name].some((value) => value.toLowerCase().includes(text)))
    .slice(0, limit);
}

/**
 * Objects by id, name, number and amount: those of a tenant, or for an admin all.
 * @param db one snapshot
 */
export async function search(
  db: Db,
  personal: PersonalData,
  { q, tenantId, limit, today }: SearchAsked,
): Promise<SearchFound> {
  const typed = q.trim();
  const wanted = { text: typed.toLowerCase(), typed, cents: centsOfText(typed), tenantId, limit };
  const isAdmin = tenantId === null;
  const resource = { tenantId, today, q: typed };
  // The statements follow one another on the connection of the snapshot, while names are opened beside.
  const [customers, deployments, invoices, notes, payments, resources, plans, billed, lines] =
    await Promise.all([
      findCustomers(db, personal, wanted, today),
      findDeployments(db, wanted),
      findInvoices(db, wanted),
      findNotes(db, wanted),
      paymentsOfReference(db, wanted).then((ids) => findPayments(db, wanted, ids)),
      searchInventory(db, resource, limit),
      findPlans(db, wanted),
      isAdmin ? findProviderInvoices(db, wanted) : [],
      isAdmin ? findCostLines(db, wanted) : [],
    ]);
  const costs = { provider_invoices: billed, cost_lines: lines };
  return { customers, deployments, invoices, notes, payments, resources, plans, ...costs };
}

import { account, accountStream } from '../../../commands/receivables/account.ts';
import { deployment, deploymentIdOf, deploymentStream } from '../../../commands/deployments/deployment.ts';
import { importDeployment, type ImportDeployment } from '../../../commands/deployments/import-deployment.ts';
import type { SubscribeContext } from '../../../commands/deployments/start-subscription.ts';
import { loadImportContext } from '../../../projections/deployments/import-context.ts';
import { customersOn } from '../../../projections/parties/customer-queries.ts';
import { defaultLimits } from '../../ledger/command.ts';
import { foldStream } from '../../ledger/fold-stream.ts';
import type { CommandMeta } from '../../ledger/ledger.ts';
import { isRefusal, type Refusal } from '../../ledger/refusal.ts';
import { addDays, monthOf } from '../../pricing/calendar.ts';
import { canonicalJson } from '../../runtime/canonical-json.ts';
import { mapBounded } from '../../runtime/map-bounded.ts';
import { openCustomers } from '../parties/open-customer.ts';
import type { CustomerDeps } from '../parties/set-customer.ts';
import { readItem, type ImportedCustomer, type ImportItem, type RowError } from './import-format.ts';

/** What a file adds to the ledger. */
export interface ImportCounts {
  customers: number;
  deployments: number;
  subscriptions: number;
  addons: number;
  opening_balances: number;
}

/** A deployment of a file, and where it stands there. */
interface PlacedDeployment {
  row: number;
  /** Its path within the item. */
  path: string;
  input: ImportDeployment;
}

/** A customer of a file with its commands' inputs. */
export interface CheckedCustomer {
  row: number;
  customer: ImportedCustomer;
  deployments: PlacedDeployment[];
}

export interface CheckedImport {
  customers: CheckedCustomer[];
  /** By row. Empty: all of it can be written. */
  errors: RowError[];
  would: ImportCounts;
}

/** Checks all items against each other and against the ledger, and writes nothing. */
export async function checkItems(
  deps: CustomerDeps,
  items: readonly ImportItem[],
  meta: CommandMeta,
): Promise<CheckedImport> {
  const errors: RowError[] = [];
  const customers: CheckedCustomer[] = [];
  const seen = new Map<string, number>();
  const today = deps.ledger.now().slice(0, 10);
  for (const item of items) {
    const customer = readItem(item);
    if (Array.isArray(customer)) {
      errors.push(...customer);
      continue;
    }
    const before = seen.get(customer.tenant_id);
    if (before !== undefined)
      errors.push({ row: item.row, path: 'tenant_id', message: `is in row ${before} already` });
    else seen.set(customer.tenant_id, item.row);
    errors.push(...errorsOfOpening(item.row, customer, deps.ledger.currency, today));
    customers.push({ row: item.row, customer, deployments: placed(item, customer, errors) });
  }
  const would = { customers: 0, deployments: 0, subscriptions: 0, addons: 0, opening_balances: 0 };
  await checkProfiles(deps, customers, errors, would);
  await checkDeployments(deps, customers, errors, would, meta);
  await checkOpenings(deps, customers, errors, would);
  errors.sort((a, b) => a.row - b.row);
  return { customers, errors, would };
}

function errorsOfOpening(
  row: number,
  { opening_balance }: ImportedCustomer,
  currency: string,
  today: string,
): RowError[] {
  if (opening_balance === null) return [];
  const errors: RowError[] = [];
  const { currency: given = currency, on } = opening_balance;
  if (given !== currency)
    errors.push({ row, path: 'opening_balance.currency', message: `the ledger bills in ${currency}` });
  if (on > today) errors.push({ row, path: 'opening_balance.on', message: 'lies in the future' });
  return errors;
}

/** The inputs of a customer's deployments: billed from the day after its opening balance by default. */
function placed(item: ImportItem, customer: ImportedCustomer, errors: RowError[]): PlacedDeployment[] {
  const { tenant_id, opening_balance } = customer;
  const after = opening_balance === null ? undefined : addDays(opening_balance.on, 1);
  const slugs = new Set<string>();
  return customer.deployments.map(({ subscription, ...fields }, index) => {
    const [row, path] = [item.deployment_rows[index] ?? item.row, `deployments.${index}`];
    if (slugs.has(fields.slug))
      errors.push({ row, path: `${path}.slug`, message: 'is there twice for this tenant' });
    slugs.add(fields.slug);
    const from = (starts_on: string): string | undefined =>
      after !== undefined && after < starts_on ? starts_on : after;
    const billed = subscription && {
      ...subscription,
      billed_from: subscription.billed_from ?? from(subscription.starts_on),
    };
    return { row, path, input: { tenant_id, ...fields, subscription: billed } };
  });
}

/** A customer that is known with another profile is refused: an import does not change one. */
async function checkProfiles(
  { ledger, personal }: CustomerDeps,
  customers: readonly CheckedCustomer[],
  errors: RowError[],
  would: ImportCounts,
): Promise<void> {
  const tenants = customers.map(({ customer }) => customer.tenant_id);
  const today = ledger.now().slice(0, 10);
  const rows = await ledger.readLatest((db) => customersOn(db, tenants, today));
  const known = [...rows.values()].filter(({ erased_at }) => erased_at === null);
  const opened = await openCustomers(personal, known);
  const texts = new Map(
    opened.map(({ tenant_id, ...profile }, at) => [
      tenant_id,
      canonicalJson({ ...profile, net_days: known[at]?.net_days }),
    ]),
  );
  for (const { row, customer } of customers) {
    const { effective_from: _from, ...profile } = customer.profile;
    const text = texts.get(customer.tenant_id);
    if (text === undefined) would.customers += 1;
    else if (text !== canonicalJson(profile))
      errors.push({ row, path: 'tenant_id', message: 'the customer has another profile already' });
  }
}

async function checkDeployments(
  { ledger }: CustomerDeps,
  customers: readonly CheckedCustomer[],
  errors: RowError[],
  would: ImportCounts,
  meta: CommandMeta,
): Promise<void> {
  const all = customers.flatMap(({ deployments }) => deployments);
  const now = ledger.now();
  const today = now.slice(0, 10);
  const contexts = await ledger.readLatest(async (db) => {
    const known = new Map<string, SubscribeContext>();
    const found = new Map<PlacedDeployment, SubscribeContext>();
    for (const one of all) {
      const { tenant_id, subscription } = one.input;
      const { plan_code, billed_from = today, addons } = subscription ?? { plan_code: null, addons: [] };
      // No invoice reaches into the present month: there the tenant does not matter.
      const tenant = billed_from < monthOf(today) ? tenant_id : null;
      const key = JSON.stringify([tenant, plan_code, billed_from, addons.map(({ code }) => code)]);
      const context = known.get(key) ?? (await loadImportContext(db, one.input, { today }));
      known.set(key, context);
      found.set(one, context);
    }
    return found;
  });
  const execution = {
    now,
    today,
    actor: meta.actor,
    commandId: meta.commandId,
    currency: ledger.currency,
    limits: defaultLimits,
  };
  await mapBounded(all, async (one) => {
    const { tenant_id, slug, subscription } = one.input;
    const stream = deploymentStream(deploymentIdOf(tenant_id, slug));
    const state = foldStream(deployment, await ledger.events(stream));
    const context = contexts.get(one) ?? { plan: null, addons: [], invoices: [] };
    const decided = importDeployment.decide(state, one.input, context, execution);
    if (isRefusal(decided)) errors.push(...errorsOf(one, decided));
    else if (decided.length > 0) {
      would.deployments += 1;
      would.subscriptions += subscription === null ? 0 : 1;
      would.addons += subscription?.addons.length ?? 0;
    }
  });
}

function errorsOf({ row, path, input }: PlacedDeployment, refusal: Refusal): RowError[] {
  const fields = refusal.errors ?? [{ path: '', message: refusal.detail }];
  const ofSubscription = input.subscription !== null && fields.every((field) => field.path !== 'slug');
  const within = ofSubscription ? `${path}.subscription` : path;
  return fields.map((field) => ({
    row,
    path: field.path === '' ? within : `${within}.${field.path}`,
    message: field.message,
  }));
}

async function checkOpenings(
  { ledger }: CustomerDeps,
  customers: readonly CheckedCustomer[],
  errors: RowError[],
  would: ImportCounts,
): Promise<void> {
  const opening = customers.filter(({ customer }) => (customer.opening_balance?.amount_cents ?? 0) !== 0);
  await mapBounded(opening, async ({ row, customer: { tenant_id, opening_balance } }) => {
    const { opening: known } = foldStream(account, await ledger.events(accountStream(tenant_id)));
    if (known === null) would.opening_balances += 1;
    else if (known.amount_cents !== opening_balance?.amount_cents || known.on !== opening_balance.on)
      errors.push({ row, path: 'opening_balance', message: 'the tenant has another opening balance' });
  });
}

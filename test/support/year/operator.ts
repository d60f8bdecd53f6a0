/** What the operator has and does: an account at the provider, a seller, and what a month's end needs. */
import {
  aDomain,
  aDroplet,
  aSnapshot,
  emptyAccount,
  invoiceCsv,
} from '../../../simulators/digitalocean/index.ts';
import { addMonths, lastDay } from '../../../src/pricing/calendar.ts';
import { seedCatalog } from '../../../src/processes/seed/seed-catalog.ts';
import { sellerBody } from '../parties/party-bodies.ts';
import type { Json } from '../http/api.ts';
import { planPayments } from './paying.ts';
import type { Person } from './people.ts';
import type { World } from './world.ts';

/** The account at the provider. */
export const yearAccount = () => ({
  ...emptyAccount(),
  droplets: ['web-1', 'web-2', 'web-3', 'web-4'].map((name) => aDroplet({ name })),
  domains: [aDomain({ name: 'one.example' })],
  snapshots: [aSnapshot({ name: 'snap-1', size_gigabytes: 31 })],
});

/** Sets up the ledger on its first day. */
export async function openBusiness(world: World): Promise<void> {
  const { ledger } = world;
  await seedCatalog(ledger.ledger, () => ledger.meta());
  await ledger.settled();
  await world.attempt('put', 'seller', sellerBody);
  for (const job of ['sync.droplets', 'sync.domains', 'sync.snapshots'])
    await world.command(`jobs/${job}/run`);
  await world.command('templates', {
    ...{ code: 'shop', version: '1', plan_code: 'studio', addons: ['storage_50gb'], llm_mode: 'charges' },
    specs: [{ kind: 'droplet', size_slug: 's-1vcpu-1gb', count: 1 }],
  });
  await world.attempt('post', 'catalog/resource-prices', {
    ...{ resource_kind: 'gpu_hours', unit: 'hour', price_cents: 3, effective_from: world.begins },
  });
}

/** The months whose provider invoice is late, by their first days. */
const troubles: Readonly<Record<string, { late: number; forced?: number }>> = {
  '2027-10-01': { late: 6 },
  '2027-12-01': { late: 15, forced: 4 },
  '2028-03-01': { late: 3 },
};

/** The month that the operator closes by force. */
export const forcedMonth = '2027-12-01';

/** On the first of a month the provider closes the one before, or some days later. */
export function endMonth(world: World): void {
  if (!world.today.endsWith('-01')) return;
  const period = addMonths(world.today, -1);
  const { late, forced } = troubles[period] ?? { late: 0 };
  world.later(late, async () => sendProviderInvoice(world, period));
  if (forced !== undefined)
    world.later(forced, () =>
      world.command('invoices/close', { period, force: true, reason: 'the provider is late' }),
    );
}

function sendProviderInvoice(world: World, period: string): void {
  const times = { start: `${period} 00:00:00 +0000`, end: `${lastDay(period)} 23:00:00 +0000` };
  const csv = invoiceCsv([
    ...['web-1', 'web-2', 'web-3', 'web-4'].map((name) => ({
      ...{ product: 'Droplets', description: `${name} (s-1vcpu-1gb)`, usd: '$6.00', ...times },
    })),
    { product: 'Taxes', description: 'GST', hours: '', usd: '$2.40' },
  ]);
  world.ledger.digitalOcean.addInvoice({ period: period.slice(0, 7), csv });
}

/** Customers plan how they pay the invoices of a month that was issued. */
export async function hearOfInvoices(
  world: World,
  people: readonly Person[],
  period: string,
  known: Set<string>,
): Promise<number> {
  const invoices: Json[] = await world.read(`invoices?period=${period}&limit=500`);
  for (const invoice of invoices) {
    const person = people.find(({ tenant }) => tenant === invoice.tenant_id);
    if (person === undefined || known.has(invoice.id)) continue;
    known.add(invoice.id);
    planPayments(world, person, invoice);
  }
  return invoices.length;
}

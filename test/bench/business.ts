// A business of a thousand tenants with ten deployments each, after a quarter: a million events.
import { setTimeout as sleep } from 'node:timers/promises';
import { createDigitalOceanClient } from '../../src/digitalocean/client.ts';
import { fixedClock } from '../support/ledger/fixed-clock.ts';
import { createApi, ok } from '../support/http/api.ts';
import { daysFrom } from '../../src/pricing/calendar.ts';
import { rollUp } from '../../src/processes/roll-up.ts';
import {
  emptyAccount,
  invoiceCsv,
  startDigitalOceanSimulator,
  type DigitalOceanSimulator,
} from '../../simulators/digitalocean/index.ts';
import type { OpenConsole } from './console.ts';
import type { BenchContext } from './context.ts';
import { openMonthLedger, prepareUsage, rollUpDeps, tenantName } from './month-of-tenants.ts';
import { adminMeta, openBenchService } from './service.ts';

const TENANTS = 1_000;
const LINES = 2_000;
/** With ten thousand events a day and those of the deployments, a million. */
const DAYS = daysFrom('2026-03-01', '2026-06-05');
const NOW = '2026-06-06T03:00:00.000Z';
const MONTHS = ['2026-03-01', '2026-04-01', '2026-05-01'];

/** The business, its months invoiced. */
export async function prepareBusiness(context: BenchContext): Promise<void> {
  await prepareUsage(context, TENANTS, DAYS);
  const open = await openMonthLedger(context, NOW);
  for (const period of MONTHS) await rollUp(rollUpDeps(open), { period }, adminMeta);
  await open.close();
  await context.sql`vacuum analyze`;
}

const invoiceUuid = (n: number): string => `a3a1e3a0-0000-4000-8000-00000000000${n}`;

/** The provider's invoices of the months, of so many lines. */
async function startProvider(): Promise<DigitalOceanSimulator> {
  const provider = await startDigitalOceanSimulator({ account: emptyAccount(), now: NOW });
  for (const [n, month] of MONTHS.entries())
    provider.addInvoice({
      uuid: invoiceUuid(n),
      period: month.slice(0, 7),
      csv: invoiceCsv(
        Array.from({ length: LINES }, (_none, line) => ({
          product: 'Droplets',
          description: `web-${line}.example.com (s-1vcpu-1gb)`,
          usd: `${4 + (line % 9)}.${String(line % 100).padStart(2, '0')}`,
        })),
      ),
    });
  return provider;
}

/** The service on the business, with a profile and payments for some. */
export async function openBusinessConsole(context: BenchContext): Promise<OpenConsole> {
  const provider = await startProvider();
  const clock = fixedClock(NOW);
  const client = createDigitalOceanClient({
    baseUrl: provider.url,
    token: provider.token,
    clock: { now: Date.now },
    sleep: (milliseconds) => sleep(milliseconds),
    random: Math.random,
  });
  const service = await openBenchService(context, { clock, digitalOcean: client });
  const api = createApi(service.url);
  for (const [n] of MONTHS.entries())
    await ok(api.post('jobs/billing.ingest_invoice/run', { invoice_uuid: invoiceUuid(n) }));
  for (let n = 0; n < 50; n += 1)
    await ok(
      api.post('payments', {
        tenant_id: tenantName(n),
        method: 'transfer',
        received_on: '2026-05-08',
        reference: `payment ${n}`,
        amount_cents: 40_000 + n,
      }),
      201,
    );
  const link = async (tenant: string | null): Promise<string> =>
    `${service.url}/console/link/${await service.sessions.createLink({
      subject: 'bench',
      tenant_id: tenant,
      roles: tenant === null ? ['platform_admin'] : [],
      read_only: false,
      once: true,
      created_by: 'bench',
      expires_at: new Date(Date.now() + 3_600_000).toISOString(),
    })}`;
  return {
    url: service.url,
    links: [await link(null), await link(tenantName(7))],
    async close() {
      await service.close();
      await provider.close();
    },
  };
}

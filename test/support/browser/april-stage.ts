import { createApi as createDemoApi } from '../../../demo/api.ts';
import { demoNow, demoStart } from '../../../demo/demo-setup.ts';
import { runEarlierCustomers } from '../../../demo/earlier-customers.ts';
import { deploy, meter, mirror } from '../../../demo/month.ts';
import { addMoreAccount } from '../../../demo/more-account.ts';
import { nameCustomer } from '../../../demo/parties.ts';
import { runMay, tieEarlierResources } from '../../../demo/running-month.ts';
import type { DemoSteps } from '../../../demo/steps.ts';
import { createMailClient } from '../../../src/mail/mail-client.ts';
import { ok } from '../http/api.ts';
import { seededLedger } from '../http/invoices-month.ts';
import { adminToken } from '../http/tokens.ts';
import type { TestLedger } from '../ledger/test-ledger.ts';
import { startMailServer, type MailServer } from '../mail/mail-server.ts';

/** The tenant of the sample month, and the operator. */
export const pilot = 'dashboard-pilot';
const operator = 'operator-1';

/** The demo's April before any invoice, with a mail server. */
export interface AprilStage {
  ledger: TestLedger;
  mail: MailServer;
  /** The deployment of the sample month. */
  deploymentId: string;
  /** The path of a link that signs in once: the operator, or a tenant. */
  link: (who?: { tenant?: string; readOnly?: boolean; minutes?: number }) => Promise<string>;
  close(): Promise<void>;
}

/** The steps of the demo, without a word. */
const silent: DemoSteps = { run: async (_title, work) => (await work(() => undefined)).kept };

/** How many months of the provider's invoices are ingested: all of them would take most of the time. */
const monthsOfCosts = 4;

/** The provider's last invoices. */
async function costs({ digitalOcean, api }: TestLedger): Promise<void> {
  const invoices = [...digitalOcean.account.invoices]
    .sort((a, b) => (a.invoice_period < b.invoice_period ? 1 : -1))
    .slice(0, monthsOfCosts);
  for (const { invoice_uuid } of invoices)
    await ok(api.post('jobs/billing.ingest_invoice/run', { invoice_uuid }));
  await ok(api.post('jobs/billing.balance/run'));
}

/** What was asked once and is kept: pages show it. */
async function askedBefore({ api }: TestLedger): Promise<void> {
  const overrides = { plans: { studio: { base_price_cents: 5_500 } } };
  await ok(api.post('what-if', { period: '2026-04', overrides }), 201);
  await ok(api.post('verifications', { projection: 'catalog' }), 202);
}

/** Starts it. */
export async function stageApril(): Promise<AprilStage> {
  const mail = await startMailServer();
  const client = createMailClient({ url: mail.url, from: 'Skyai Cloud <billing@skyai.example>' });
  const ledger = await seededLedger({
    now: demoStart,
    digitalOcean: { now: demoNow },
    finance: true,
    outside: { mail: client },
  });
  addMoreAccount(ledger.digitalOcean);
  const admin = createDemoApi(ledger.url, adminToken(operator));
  const clock = { now: () => ledger.clock.now(), moveTo: (now: string) => ledger.clock.set(now) };
  const earlier = await runEarlierCustomers({ admin, steps: silent, clock });
  clock.moveTo(demoNow);
  await mirror(admin, silent);
  await costs(ledger);
  await tieEarlierResources(admin, silent, earlier);
  const deploymentId = await deploy(admin, silent);
  await meter(admin, silent);
  await nameCustomer(admin, silent);
  await runMay(admin, silent, earlier);
  await askedBefore(ledger);
  await ledger.settled();
  return {
    ledger,
    mail,
    deploymentId,
    async link({ tenant, readOnly = false, minutes = 60 } = {}) {
      const secret = await ledger.sessions.createLink({
        subject: tenant === undefined ? operator : `person@${tenant}`,
        tenant_id: tenant ?? 'platform-admin',
        roles: tenant === undefined ? ['platform_admin'] : [],
        read_only: readOnly,
        once: true,
        created_by: operator,
        expires_at: new Date(Date.now() + minutes * 60_000).toISOString(),
      });
      return `/console/link/${secret}`;
    },
    async close() {
      await ledger.close();
      await mail.close();
    },
  };
}

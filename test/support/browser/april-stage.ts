import { createApi as createDemoApi } from '../../../demo/api.ts';
import { demoNow } from '../../../demo/demo-setup.ts';
import { runEarlierCustomers } from '../../../demo/earlier-customers.ts';
import { deploy, meter, mirror } from '../../../demo/month.ts';
import { nameCustomer } from '../../../demo/parties.ts';
import { runMay, tieEarlierResources } from '../../../demo/running-month.ts';
import { silentSteps } from '../demo/silent-steps.ts';
import { askedBefore, openStory } from '../demo/story.ts';
import { ok } from '../http/api.ts';
import { adminToken } from '../http/tokens.ts';
import type { TestLedger } from '../ledger/test-ledger.ts';
import type { MailServer } from '../mail/mail-server.ts';

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

/** Starts it. */
export async function stageApril(): Promise<AprilStage> {
  const { ledger, mail, close } = await openStory();
  const admin = createDemoApi(ledger.url, adminToken(operator));
  const clock = { now: () => ledger.clock.now(), moveTo: (now: string) => ledger.clock.set(now) };
  const earlier = await runEarlierCustomers({ admin, steps: silentSteps, clock });
  clock.moveTo(demoNow);
  await mirror(admin, silentSteps);
  await costs(ledger);
  await tieEarlierResources(admin, silentSteps, earlier);
  const deploymentId = await deploy(admin, silentSteps);
  await meter(admin, silentSteps);
  await nameCustomer(admin, silentSteps);
  await runMay(admin, silentSteps, earlier);
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
    close,
  };
}

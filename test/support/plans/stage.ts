import { createApi as createDemoApi } from '../../../demo/api.ts';
import { demoNow, demoStart } from '../../../demo/demo-setup.ts';
import { deploy, meter, mirror } from '../../../demo/month.ts';
import { addMoreAccount } from '../../../demo/more-account.ts';
import { nameCustomer, nameEarlierParties } from '../../../demo/parties.ts';
import type { DemoSteps } from '../../../demo/steps.ts';
import { createMailClient } from '../../../src/mail/mail-client.ts';
import { ok } from '../http/api.ts';
import { seededLedger } from '../http/invoices-month.ts';
import { adminToken } from '../http/tokens.ts';
import type { TestLedger } from '../ledger/test-ledger.ts';
import { startMailServer } from '../mail/mail-server.ts';

/** The tenant of the sample month. */
export const pilot = 'dashboard-pilot';

/** A ledger with one customer's April, closed, credited and paid, and something of most other things. */
export interface PlansStage {
  ledger: TestLedger;
  deploymentId: string;
  close(): Promise<void>;
}

/** The steps of the demo, without a word. */
const silent: DemoSteps = { run: async (_title, work) => (await work(() => undefined)).kept };

/** Starts it. */
export async function stagePlans(): Promise<PlansStage> {
  const mail = await startMailServer();
  const client = createMailClient({ url: mail.url, from: 'Skyai Cloud <billing@skyai.example>' });
  const ledger = await seededLedger({
    now: demoStart,
    digitalOcean: { now: demoNow },
    finance: true,
    outside: { mail: client },
  });
  addMoreAccount(ledger.digitalOcean);
  const admin = createDemoApi(ledger.url, adminToken());
  ledger.clock.set(demoNow);
  await nameEarlierParties(admin, silent);
  await mirror(admin, silent);
  const { api } = ledger;
  const newest = ledger.digitalOcean.account.invoices.reduce((one, other) =>
    one.invoice_period > other.invoice_period ? one : other,
  );
  await ok(api.post('jobs/billing.ingest_invoice/run', { invoice_uuid: newest.invoice_uuid }));
  await ok(api.post('jobs/billing.balance/run'));
  const deploymentId = await deploy(admin, silent);
  await meter(admin, silent);
  await nameCustomer(admin, silent);
  await ok(api.post('invoices/close', { period: '2026-04' }));
  await creditedAndPaid(ledger);
  const template = { code: 'bare', version: '1', plan_code: 'studio' };
  await ok(api.post('templates', template), 201);
  const overrides = { plans: { studio: { base_price_cents: 5_500 } } };
  await ok(api.post('what-if', { period: '2026-04', overrides }), 201);
  await ok(api.post('verifications', { projection: 'catalog' }), 202);
  await ledger.settled();
  return {
    ledger,
    deploymentId,
    async close() {
      await ledger.close();
      await mail.close();
    },
  };
}

async function creditedAndPaid({ api }: TestLedger): Promise<void> {
  const { data } = await ok(api.get(`invoices?tenant_id=${pilot}`));
  const { id } = data[0] as { id: string };
  const lines = [{ description: 'Goodwill', amount_cents: 100 }];
  await ok(api.post(`invoices/${id}/credit`, { lines, reason: 'sorry' }), 201);
  const payment = {
    tenant_id: pilot,
    amount_cents: 1_000,
    received_on: '2026-05-01',
    method: 'bank_transfer',
  };
  await ok(api.post('payments', { ...payment, reference: 'R-1', invoice_id: id }), 201);
}

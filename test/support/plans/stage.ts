import { createApi as createDemoApi } from '../../../demo/api.ts';
import { demoNow } from '../../../demo/demo-setup.ts';
import { deploy, meter, mirror } from '../../../demo/month.ts';
import { nameCustomer, nameEarlierParties } from '../../../demo/parties.ts';
import { silentSteps } from '../demo/silent-steps.ts';
import { askedBefore, openStory, pilot } from '../demo/story.ts';
import { ok } from '../http/api.ts';
import { adminToken } from '../http/tokens.ts';
import type { TestLedger } from '../ledger/test-ledger.ts';

/** A ledger with one customer's April, closed, credited and paid, and something of most other things. */
export interface PlansStage {
  ledger: TestLedger;
  deploymentId: string;
  close(): Promise<void>;
}

/** Starts it. */
export async function stagePlans(): Promise<PlansStage> {
  const { ledger, close } = await openStory();
  const admin = createDemoApi(ledger.url, adminToken());
  ledger.clock.set(demoNow);
  await nameEarlierParties(admin, silentSteps);
  await mirror(admin, silentSteps);
  const { api } = ledger;
  const newest = ledger.digitalOcean.account.invoices.reduce((one, other) =>
    one.invoice_period > other.invoice_period ? one : other,
  );
  await ok(api.post('jobs/billing.ingest_invoice/run', { invoice_uuid: newest.invoice_uuid }));
  await ok(api.post('jobs/billing.balance/run'));
  const deploymentId = await deploy(admin, silentSteps);
  await meter(admin, silentSteps);
  await nameCustomer(admin, silentSteps);
  await ok(api.post('invoices/close', { period: '2026-04' }));
  await creditedAndPaid(ledger);
  const template = { code: 'bare', version: '1', plan_code: 'studio' };
  await ok(api.post('templates', template), 201);
  await askedBefore(ledger);
  await ledger.settled();
  return {
    ledger,
    deploymentId,
    close,
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

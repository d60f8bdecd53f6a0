import { demoNow, demoStart, demoTenant } from '../../../demo/demo-setup.ts';
import { addMoreAccount } from '../../../demo/more-account.ts';
import { createMailClient } from '../../../src/mail/mail-client.ts';
import { ok } from '../http/api.ts';
import { seededLedger } from '../http/invoices-month.ts';
import type { TestLedger } from '../ledger/test-ledger.ts';
import { startMailServer, type MailServer } from '../mail/mail-server.ts';

/** The tenant of the sample month. */
export const pilot = demoTenant;

/** A ledger where the demo's story begins, with its account and a mail server. */
export interface Story {
  ledger: TestLedger;
  mail: MailServer;
  close: () => Promise<void>;
}

/** Starts it. */
export async function openStory(): Promise<Story> {
  const mail = await startMailServer();
  const client = createMailClient({ url: mail.url, from: 'Skyai Cloud <billing@skyai.example>' });
  const ledger = await seededLedger({
    now: demoStart,
    digitalOcean: { now: demoNow },
    finance: true,
    outside: { mail: client },
  });
  addMoreAccount(ledger.digitalOcean);
  return {
    ledger,
    mail,
    async close() {
      await ledger.close();
      await mail.close();
    },
  };
}

/** What was asked once and is kept: a what-if and a verification. */
export async function askedBefore({ api }: TestLedger): Promise<void> {
  const overrides = { plans: { studio: { base_price_cents: 5_500 } } };
  await ok(api.post('what-if', { period: '2026-04', overrides }), 201);
  await ok(api.post('verifications', { projection: 'catalog' }), 202);
}

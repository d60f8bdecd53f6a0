import { createMailClient } from '../../../src/mail/mail-client.ts';
import { attemptDelivery } from '../../../src/processes/deliveries/attempt-delivery.ts';
import { commands } from '../../../src/processes/commands.ts';
import type { DeliveryDeps } from '../../../src/processes/deliveries/delivery-deps.ts';
import { requestSend } from '../../../src/processes/deliveries/request-send.ts';
import { sendDue, type SendScope } from '../../../src/processes/deliveries/send-due.ts';
import type { ProcessRun } from '../../../src/processes/process.ts';
import { admin } from '../commands/command-spec.ts';
import { april } from '../commands/invoice-events.ts';
import type { TestLedger } from '../ledger/test-ledger.ts';
import { startMailServer, type MailServer } from '../mail/mail-server.ts';
import { sampleInvoice } from '../mail/sample-invoice.ts';

/** A ledger, a mail server, and mailing between them; documents and profiles are as the test says. */
export interface DeliveryStage {
  server: MailServer;
  deps: DeliveryDeps;
  /** The billing addresses of every customer. */
  addresses: string[];
  /** Issues the April invoice of a tenant; once more with other lines. */
  issue(changes?: Partial<ReturnType<typeof april>>): Promise<void>;
  request(deliveryId: string, invoiceId: string, to?: string[] | null): Promise<void>;
  attempt(deliveryId: string): ReturnType<typeof attemptDelivery>;
  due(scope?: SendScope): ReturnType<typeof sendDue>;
  close(): Promise<void>;
}

/** @param test a ledger, which the caller closes */
export async function stageDeliveries(test: TestLedger): Promise<DeliveryStage> {
  const server = await startMailServer();
  const { ledger } = test;
  const addresses: string[] = ['ada@customer.example', 'bob@customer.example'];
  const deps: DeliveryDeps = {
    ledger,
    personal: test.processDeps.personal,
    mail: createMailClient({ url: server.url, from: 'billing@seller.example' }),
    logger: test.processDeps.logger,
    documentOf: async () => ({ view: sampleInvoice(), pdf: Buffer.from('%PDF-1.7') }),
    partiesOf: async () => sampleInvoice(),
    addressesOf: async () => addresses,
  };
  const run: ProcessRun = {
    actor: admin,
    runId: 'run',
    meta: () => test.meta(),
    progress: () => undefined,
    queue: null,
  };
  return {
    server,
    deps,
    addresses,
    async issue(changes = {}) {
      await ledger.execute(commands.issueInvoice, april(changes), test.meta());
    },
    async request(deliveryId, invoiceId, to = null) {
      const request = { deliveryId, invoiceId, to, automatic: false };
      await requestSend(deps, request, test.meta(), () => test.meta());
    },
    attempt: (deliveryId) => attemptDelivery(deps, deliveryId, () => test.meta(), 5_000),
    due: (scope = { unsent: false }) => sendDue(deps, scope, run),
    close: () => server.close(),
  };
}

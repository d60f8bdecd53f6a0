/**
 * The part of the busy month that comes after its invoices: charges, payments and what becomes of them,
 * corrections, documents, mailings, and what finance receives.
 */
import {
  automaticDeliveryId,
  deliveryStream,
  messageIdOf,
  noticeDeliveryId,
} from '../../../commands/deliveries/delivery.ts';
import { invoiceId, invoiceStream } from '../../../commands/invoicing/invoice.ts';
import { renderDocument } from '../../../src/processes/documents/render-document.ts';
import { commands } from '../../../src/processes/commands.ts';
import { newEvent } from '../../../src/ledger/handle-command.ts';
import { ok } from '../http/api.ts';
import { sampleNotice } from '../commands/delivery-events.ts';
import { charge, subscribed } from '../http/invoices-month.ts';
import type { TestLedger } from '../ledger/test-ledger.ts';
import { customerBody } from '../parties/party-bodies.ts';

const april = (tenantId: string): string => invoiceId(tenantId, '2026-04-01');
const rollUp = (ledger: TestLedger, tenant_id: string) =>
  ok(ledger.api.post('invoices/rollup', { period: '2026-04', tenant_id }));

/** A customer that moves in with a debt, and charges, of which one is taken back before it is billed. */
async function moveIn(ledger: TestLedger): Promise<string> {
  const customer = {
    tenant_id: 'payer',
    legal_name: customerBody.legal_name,
    address: customerBody.address,
    emails: customerBody.emails,
    opening_balance: { amount_cents: 1_500, on: '2026-03-31' },
  };
  await ok(ledger.api.post('customers/import', { customers: [customer] }));
  const deployment = await subscribed(ledger, 'payer', 'shop');
  const added = async (description: string, amount_cents: number): Promise<string> =>
    (
      await ok(
        ledger.api.post(`deployments/${deployment}/charges`, {
          description,
          amount_cents,
          day: '2026-04-07',
        }),
        201,
      )
    ).data.id;
  await added('Set-up', 4_000);
  const mistaken = await added('Set-up, once more', 4_000);
  await ok(ledger.api.post(`deployments/${deployment}/charges/${mistaken}/void`, { reason: 'twice' }));
  return deployment;
}

/** Payments before and after the invoice, one refunded, one that never arrived, and a balance paid back. */
async function pay(ledger: TestLedger): Promise<void> {
  const paid = async (
    reference: string,
    amount_cents: number,
    invoice_id: string | null,
  ): Promise<string> => {
    const payment = { tenant_id: 'payer', method: 'transfer', received_on: '2026-05-08', invoice_id };
    return (await ok(ledger.api.post('payments', { ...payment, reference, amount_cents }), 201)).data.id;
  };
  await paid('in advance', 2_000, null);
  await rollUp(ledger, 'payer');
  const partly = await paid('in part', 3_000, april('payer'));
  await ok(ledger.api.post(`payments/${partly}/refund`, { amount_cents: 500, reason: 'asked for it' }));
  const returned = await paid('returned', 1_000, null);
  await ok(ledger.api.post(`payments/${returned}/reverse`, { reason: 'no funds' }));
  await paid('too much', 20_000, april('payer'));
  await ok(ledger.api.post('customers/payer/refund', { amount_cents: 700, reason: 'asked for it' }));
}

/** Late facts that move an amount, and one that moves none; a credit of goodwill. */
async function correct(ledger: TestLedger, deployment: string): Promise<void> {
  const invoice = april('payer');
  const late = async (id: string, cents: string): Promise<void> => {
    await charge(ledger, 'payer', deployment, id, cents, '2026-04-09T08:00:00Z');
    await ledger.settled();
  };
  await late('payer-late', '250');
  await ok(ledger.api.post(`invoices/${invoice}/correct`, { reason: 'a late report' }), 201);
  await late('payer-tiny', '0.0001');
  await ok(ledger.api.post(`invoices/${invoice}/correct`, { reason: 'a late report' }));
  const lines = [{ description: 'For the outage', amount_cents: 300 }];
  await ok(ledger.api.post(`invoices/${invoice}/credit`, { lines, reason: 'the outage' }), 201);
  const document = { kind: 'invoice' as const, subject_id: invoice, issue_no: 1 };
  await renderDocument(ledger.processDeps, document, 'pdf', () => ledger.meta());
}

/** An invoice that was paid when payments were all or nothing. */
async function payAsBefore(ledger: TestLedger): Promise<void> {
  await subscribed(ledger, 'early', 'site');
  await rollUp(ledger, 'early');
  const stream = invoiceStream(april('early'));
  const revision = (await ledger.log.read(stream)).length - 1;
  const now = ledger.clock.now();
  const event = {
    type: 'InvoicePaid',
    data: { invoice_id: april('early'), tenant_id: 'early', paid_at: now },
  };
  const meta = { ...ledger.meta(), command: 'pay-invoice' };
  await ledger.log.append(stream, [newEvent(event, stream, revision + 1, meta, now)], revision);
  await ledger.settled();
}

/** One mailing that arrives in part and is tried once more, one that is stopped before, and a notice. */
async function mail(ledger: TestLedger): Promise<void> {
  const { personal } = ledger.processDeps;
  const requested = async (issue: number, addresses: string[]): Promise<string> => {
    const delivery_id = automaticDeliveryId(april('payer'), issue);
    const place = { stream: deliveryStream(delivery_id), type: 'DeliveryRequested' };
    const sealed = await personal.seal('payer', place, { recipients: JSON.stringify(addresses) });
    const message_id = messageIdOf(delivery_id, 'seller.example');
    const mailing = { delivery_id, invoice_id: april('payer'), issue_no: 1, message_id, automatic: true };
    const input = { ...mailing, ...sealed, addresses: addresses.length };
    await ledger.ledger.execute(commands.requestDelivery, input, ledger.meta());
    return delivery_id;
  };
  const sent = await requested(1, customerBody.emails.billing);
  const none = { accepted: 0, bounced: 0, deferred: 0, unknown: 0 };
  for (const [index, counts] of [
    { ...none, accepted: 1, deferred: 1 },
    { ...none, accepted: 1 },
  ].entries()) {
    const attempt = { delivery_id: sent, attempt_no: index + 1 };
    await ledger.ledger.execute(commands.beginAttempt, attempt, ledger.meta());
    const place = { stream: deliveryStream(sent), type: 'DeliveryAttemptEnded' };
    const { details } = await personal.seal('payer', place, { details: JSON.stringify([index]) });
    await ledger.ledger.execute(commands.endAttempt, { ...attempt, counts, details }, ledger.meta());
    ledger.clock.advance(600_000);
  }
  const stopped = await requested(2, customerBody.emails.billing.slice(0, 1));
  const stop = { delivery_id: stopped, reason: 'no-address' as const };
  await ledger.ledger.execute(commands.stopDelivery, stop, ledger.meta());
  await announce(ledger);
}

/** A notice that is requested, and waits for its first attempt. */
async function announce(ledger: TestLedger): Promise<void> {
  const tenant_id = 'payer';
  const notice = sampleNotice();
  const delivery_id = noticeDeliveryId(tenant_id, notice);
  const place = { stream: deliveryStream(delivery_id), type: 'DeliveryRequested' };
  const sealed = await ledger.processDeps.personal.seal(tenant_id, place, {
    recipients: JSON.stringify(customerBody.emails.billing),
  });
  const message_id = messageIdOf(delivery_id, 'seller.example');
  const input = { delivery_id, tenant_id, ...sealed, addresses: 2, message_id, notice };
  await ledger.ledger.execute(commands.requestNotice, input, ledger.meta());
}

/** Finance takes a document twice, with other content, and its copy is compared. */
async function tellFinance(ledger: TestLedger): Promise<void> {
  const document = { external_id: april('payer'), kind: 'invoice' as const, tenant_id: 'payer' };
  for (const content_hash of ['first', 'second']) {
    const push = { ...document, content_hash, action: 'imported', finance_id: 'finance-1' };
    await ledger.ledger.execute(commands.recordArPush, push, ledger.meta());
    const differences = [{ field: 'amount_net_minor', ours: 1, theirs: content_hash }];
    const compared = { external_id: document.external_id, content_hash, differences };
    await ledger.ledger.execute(commands.recordArComparison, compared, ledger.meta());
  }
}

/** A day of the automatic lifecycle that moved no deployment. */
async function passDay(ledger: TestLedger): Promise<void> {
  const passed = { day: ledger.clock.now().slice(0, 10), transitions: 0 };
  await ledger.ledger.execute(commands.completeLifecycleDay, passed, ledger.meta());
}

/** Runs it on a ledger with a seller. */
export async function paidMonth(ledger: TestLedger): Promise<void> {
  const deployment = await moveIn(ledger);
  await pay(ledger);
  await correct(ledger, deployment);
  await payAsBefore(ledger);
  await mail(ledger);
  await tellFinance(ledger);
  await passDay(ledger);
}

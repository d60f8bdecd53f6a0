import { accountStream, openingId } from '../../../commands/receivables/account.ts';
import { paymentById } from '../../../projections/receivables/payment-queries.ts';
import { numberOf } from '../../../projections/invoicing/invoice-queries.ts';
import type { Db } from '../../database/db.ts';
import type { ReceiptView } from '../../documents/document-view.ts';
import { upcast } from '../../events/index.ts';
import type { AccountEvent } from '../../events/receivables.ts';
import type { Ledger } from '../../ledger/ledger.ts';
import { refuse, Refused } from '../../ledger/refusal.ts';
import type { PersonalData } from '../../personal/personal-data.ts';
import { addCents, totalOf } from '../../pricing/money.ts';
import type { DocumentContent } from './document-content.ts';
import { partiesOn } from './parties-on.ts';

type Received = Extract<AccountEvent, { type: 'PaymentReceived' }>['data'];

const notFound = (): Refused => new Refused(refuse('not-found', 'there is no such payment'));

/** The payment as it was received, from the account's own events. */
async function receivedOf(ledger: Ledger, paymentId: string): Promise<Received> {
  const row = await ledger.query((db) => paymentById(db, paymentId));
  if (row === null) throw notFound();
  for (const event of await ledger.events(accountStream(row.tenant_id))) {
    const received = upcast(event);
    if (received.type === 'PaymentReceived' && received.data.payment_id === paymentId) return received.data;
  }
  throw notFound();
}

/** What a target is called on a receipt: the number of an invoice. */
async function nameOf(db: Db, tenantId: string, targetId: string): Promise<string> {
  if (targetId === openingId(tenantId)) return 'Opening balance';
  return (await numberOf(db, targetId)) ?? 'Invoice without a number';
}

/**
 * The content of a payment's receipt: what it paid when it was received. Later changes are on statements.
 * @throws {Refused} `not-found`; `no-seller` and `no-profile`, with the fields that are missing
 */
export async function receiptContent(
  { ledger, personal }: { ledger: Ledger; personal: PersonalData },
  paymentId: string,
): Promise<DocumentContent> {
  const payment = await receivedOf(ledger, paymentId);
  const { tenant_id, received_on, amount_cents, currency, method } = payment;
  const parties = await partiesOn(ledger, personal, tenant_id, received_on);
  const [reference = ''] = await personal.open([
    {
      stream: accountStream(tenant_id),
      type: 'PaymentReceived',
      field: 'reference',
      sealed: payment.reference,
    },
  ]);
  const own = payment.allocations.filter(({ source_id }) => source_id === paymentId);
  const allocations = await ledger.read(async (db) => {
    const named: ReceiptView['allocations'] = [];
    for (const { target_id, amount_cents: paid } of own)
      named.push({ number: await nameOf(db, tenant_id, target_id), amount_cents: paid });
    return named;
  });
  const view: ReceiptView = {
    kind: 'receipt',
    number: `RECEIPT-${paymentId.slice(0, 8).toUpperCase()}`,
    ...parties,
    currency,
    received_on,
    method,
    reference,
    amount_cents,
    allocations,
    balance_cents: addCents(amount_cents, -totalOf(allocations)),
  };
  return { tenant_id, issued_on: received_on, view };
}

import { messageIdOf } from '../../../commands/deliveries/delivery.ts';
import { invoiceById } from '../../../projections/invoicing/invoice-queries.ts';
import type { CommandMeta, CommandOutcome } from '../../ledger/ledger.ts';
import { refuse, Refused } from '../../ledger/refusal.ts';
import { commands } from '../commands.ts';
import type { DeliveryDeps } from './delivery-deps.ts';
import { distinctAddresses } from './distinct-addresses.ts';
import { sealRecipients } from './sealed-delivery.ts';

/** A mailing that is asked for. */
export interface SendRequest {
  deliveryId: string;
  invoiceId: string;
  /** Null: the billing addresses of the customer's profile. */
  to: readonly string[] | null;
  /** Whether `invoices.send` decided it by itself. */
  automatic: boolean;
}

/**
 * Records that the issue of an invoice that stands is to be mailed. All that the mail needs is there then.
 * @param meta of the request itself
 * @param further metadata of commands that make the document
 * @throws {Refused} `not-found`, `invoice-void`, `no-address`, or what keeps the document from being made
 */
export async function requestSend(
  deps: DeliveryDeps,
  { deliveryId, invoiceId, to, automatic }: SendRequest,
  meta: CommandMeta,
  further: () => CommandMeta,
): Promise<CommandOutcome<unknown>> {
  const { ledger, personal, mail } = deps;
  const invoice = await ledger.readLatest((db) => invoiceById(db, invoiceId));
  if (invoice === null) throw new Refused(refuse('not-found', 'there is no such invoice'));
  const { tenant_id, issue_no } = invoice;
  if (invoice.status === 'void')
    throw new Refused(
      refuse('invoice-void', 'the invoice is void: it is not sent', { extra: { invoice_id: invoiceId } }),
    );
  await deps.documentOf(invoiceId, issue_no, further);
  const addresses = distinctAddresses(to ?? (await deps.addressesOf(tenant_id)));
  if (addresses.length === 0) throw new Refused(noAddress(tenant_id));
  const recipients = await sealRecipients(personal, { tenant_id, delivery_id: deliveryId }, addresses);
  const input = {
    delivery_id: deliveryId,
    invoice_id: invoiceId,
    issue_no,
    recipients,
    addresses: addresses.length,
    message_id: messageIdOf(deliveryId, mail.domain),
    automatic,
  };
  return ledger.execute(commands.requestDelivery, input, meta);
}

function noAddress(tenantId: string) {
  return refuse('no-address', `the customer ${tenantId} has no mail address: emails.billing`, {
    errors: [{ path: 'customer.emails.billing', message: 'is not set' }],
  });
}

import { accountStream, paymentId, type PaymentState } from '../../../commands/receivables/account.ts';
import { unknownTenant } from '../../../commands/receivables/record-payment.ts';
import { isKnownTenant } from '../../../projections/receivables/account-context.ts';
import type { BoundCommand } from '../../ledger/command.ts';
import { freshMeta } from '../../ledger/fresh-meta.ts';
import type { CommandMeta, CommandOutcome, Ledger } from '../../ledger/ledger.ts';
import { Refused } from '../../ledger/refusal.ts';
import type { PersonalData, SealedValue } from '../../personal/personal-data.ts';
import { turnsByKey } from '../../runtime/turns-by-key.ts';
import { commands } from '../commands.ts';
import { settleAccounts } from './settle-accounts.ts';

/** What payments need. */
export interface PaymentDeps {
  ledger: Ledger;
  personal: PersonalData;
}

/** A payment as it is reported. */
export interface ReportedPayment {
  tenant_id: string;
  amount_cents: number;
  /** Default: the ledger's. */
  currency?: string | undefined;
  received_on: string;
  method: string;
  reference: string;
  invoice_id: string | null;
}

/** An invoice to pay. */
export interface InvoiceToPay {
  invoice_id: string;
  tenant_id: string;
  issue_no: number;
}

const place = (tenantId: string) => ({ stream: accountStream(tenantId), type: 'PaymentReceived' });

/** Commands of one account meet on one stream: those of this process take turns instead of racing. */
const inTurn = turnsByKey();

/**
 * Runs a command of a tenant's account, and settles what changed at the same moment, such as an invoice that
 * was voided. Where that has to wait, the background does it.
 * @throws {Refused} with the command's refusal
 */
export async function onAccount<Input extends { tenant_id: string }, Result>(
  ledger: Ledger,
  command: BoundCommand<Input, Result>,
  input: Input,
  meta: CommandMeta,
): Promise<CommandOutcome<Result>> {
  const { tenant_id } = input;
  const outcome = await inTurn(tenant_id, () => ledger.execute(command, input, meta));
  const { actor, correlationId } = meta;
  const further = () => freshMeta(ledger, { actor, correlationId });
  try {
    const settled = await settleAccounts({ ledger }, { tenantIds: [tenant_id], meta: further });
    return settled === 0 ? outcome : { ...outcome, position: await ledger.position() };
  } catch (error) {
    if (error instanceof Refused) return outcome;
    throw error;
  }
}

/**
 * Records a payment.
 * @throws {Refused} as `recordPayment` does; `not-configured` where nothing can be sealed
 */
export async function receivePayment(
  { ledger, personal }: PaymentDeps,
  { reference, ...payment }: ReportedPayment,
  meta: CommandMeta,
): Promise<CommandOutcome<PaymentState | null>> {
  const { tenant_id, method } = payment;
  // Sealing gives a tenant a key: a mistyped one gets none. A tenant that is known once stays so.
  if (!(await ledger.readLatest((db) => isKnownTenant(db, tenant_id)))) throw new Refused(unknownTenant());
  const sealed = await personal.seal(tenant_id, place(tenant_id), { reference });
  const payment_id = paymentId(tenant_id, method, reference);
  return onAccount(ledger, commands.recordPayment, { ...payment, payment_id, ...sealed }, meta);
}

/**
 * Records a payment of what is open of an invoice.
 * @throws {Refused} as `payInvoice` does; `not-configured` where nothing can be sealed
 */
export async function payOpen(
  { ledger, personal }: PaymentDeps,
  { issue_no, ...invoice }: InvoiceToPay,
  meta: CommandMeta,
): Promise<CommandOutcome<null>> {
  const reference = `${invoice.invoice_id}-${issue_no}`;
  const sealed = await personal.seal(invoice.tenant_id, place(invoice.tenant_id), { reference });
  const input = { ...invoice, reference, sealed_reference: sealed.reference };
  return onAccount(ledger, commands.payInvoice, input, meta);
}

/** The place of a payment's reference, to open it. */
export function sealedReference({
  tenant_id,
  reference,
}: {
  tenant_id: string;
  reference: string;
}): SealedValue {
  return { ...place(tenant_id), field: 'reference', sealed: reference };
}

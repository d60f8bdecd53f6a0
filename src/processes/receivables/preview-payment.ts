/** What a command of a tenant's account would do, decided as the command decides it, and not recorded. */
import {
  account,
  accountStream,
  openingId,
  paymentId,
  type Account,
} from '../../../commands/receivables/account.ts';
import { recordPayment } from '../../../commands/receivables/record-payment.ts';
import { refundPayment } from '../../../commands/receivables/refund-payment.ts';
import { reversePayment } from '../../../commands/receivables/reverse-payment.ts';
import type { AccountContext } from '../../../commands/receivables/settlement.ts';
import { invoicesById } from '../../../projections/invoicing/invoice-queries.ts';
import { loadAccountContext } from '../../../projections/receivables/account-context.ts';
import type { AccountEvent } from '../../events/receivables.ts';
import { defaultLimits, type Execution } from '../../ledger/command.ts';
import { foldStream } from '../../ledger/fold-stream.ts';
import type { CommandMeta, Ledger } from '../../ledger/ledger.ts';
import { isRefusal, Refused, type Refusal } from '../../ledger/refusal.ts';
import { dayOf } from '../../pricing/calendar.ts';
import { invoiceFigures, type InvoiceStatus } from '../../pricing/invoice-figures.ts';
import { addCents, totalOf } from '../../pricing/money.ts';
import type { ReportedPayment } from './payments.ts';

/** How what is owed of one thing would change. */
export interface ForeseenTarget {
  /** Null: the opening balance. */
  invoice_id: string | null;
  opening_balance: boolean;
  number: string | null;
  /** What would be paid of it; negative: so much is open again. */
  amount_cents: number;
  open_before_cents: number;
  open_after_cents: number;
  /** Null for an opening balance. */
  status_after: InvoiceStatus | null;
}

/** What would become of a tenant's account. */
export interface ForeseenAccount {
  tenant_id: string;
  balance_before_cents: number;
  balance_after_cents: number;
  /** What changes, in the order in which it is paid. */
  targets: ForeseenTarget[];
}

type Decide = (state: Account, context: AccountContext, execution: Execution) => AccountEvent[] | Refusal;

/**
 * What a payment would pay.
 * @throws {Refused} as recording it would
 */
export async function previewPayment(
  ledger: Ledger,
  { reference, ...payment }: ReportedPayment,
  meta: CommandMeta,
): Promise<ForeseenAccount> {
  const payment_id = paymentId(payment.tenant_id, payment.method, reference);
  return foresee(ledger, payment.tenant_id, meta, (state, context, execution) =>
    recordPayment.decide(state, { ...payment, payment_id, reference: '' }, context, execution),
  );
}

/**
 * What a refund of a payment would make open again.
 * @throws {Refused} as the refund would
 */
export async function previewRefund(
  ledger: Ledger,
  refund: { payment_id: string; tenant_id: string; amount_cents: number },
  meta: CommandMeta,
): Promise<ForeseenAccount> {
  return foresee(ledger, refund.tenant_id, meta, (state, context, execution) =>
    refundPayment.decide(state, { ...refund, reason: 'preview' }, context, execution),
  );
}

/**
 * What taking a payment back would make open again.
 * @throws {Refused} as the reversal would
 */
export async function previewReversal(
  ledger: Ledger,
  reversal: { payment_id: string; tenant_id: string },
  meta: CommandMeta,
): Promise<ForeseenAccount> {
  return foresee(ledger, reversal.tenant_id, meta, (state, context, execution) =>
    reversePayment.decide(state, { ...reversal, reason: 'preview' }, context, execution),
  );
}

async function foresee(
  ledger: Ledger,
  tenant_id: string,
  { actor, commandId }: CommandMeta,
  decide: Decide,
): Promise<ForeseenAccount> {
  const state = foldStream(account, await ledger.events(accountStream(tenant_id)));
  const context = await ledger.readLatest((db) => loadAccountContext(db, { tenant_id }));
  const now = ledger.now();
  const { currency } = ledger;
  const execution = { now, today: dayOf(now), actor, commandId, currency, limits: defaultLimits };
  const decision = decide(state, context, execution);
  if (isRefusal(decision)) throw new Refused(decision);
  const after = decision.reduce((folded, event) => account.evolve(folded, event), state);
  return {
    tenant_id,
    balance_before_cents: state.balance_cents,
    balance_after_cents: after.balance_cents,
    targets: await foreseenTargets(ledger, decision, { state, after, tenant_id }),
  };
}

/** What is paid of a target, by an account's allocations. */
const allocatedTo = ({ allocations }: Account, targetId: string): number =>
  totalOf(allocations.filter(({ target_id }) => target_id === targetId));

async function foreseenTargets(
  ledger: Ledger,
  decision: readonly AccountEvent[],
  { state, after, tenant_id }: { state: Account; after: Account; tenant_id: string },
): Promise<ForeseenTarget[]> {
  const today = dayOf(ledger.now());
  const ids = [...new Set(decision.flatMap(({ data }) => data.targets).map(({ target_id }) => target_id))];
  const rows = new Map((await ledger.readLatest((db) => invoicesById(db, ids))).map((row) => [row.id, row]));
  return ids.flatMap((target_id): ForeseenTarget[] => {
    const amount_cents = addCents(allocatedTo(after, target_id), -allocatedTo(state, target_id));
    if (amount_cents === 0) return [];
    if (target_id === openingId(tenant_id)) {
      const owed = after.opening?.amount_cents ?? 0;
      const [open_before_cents, open_after_cents] = [state, after].map(
        (one) => owed - allocatedTo(one, target_id),
      ) as [number, number];
      const opening = { invoice_id: null, opening_balance: true, number: null, status_after: null };
      return [{ ...opening, amount_cents, open_before_cents, open_after_cents }];
    }
    const row = rows.get(target_id);
    const sums = decision.flatMap(({ data }) => data.targets).findLast((one) => one.target_id === target_id);
    if (row === undefined || sums === undefined || row.issued_at === null) return [];
    const facts = { ...row, issued_at: row.issued_at };
    const paid = { allocated_cents: sums.paid_cents, credited_cents: sums.credited_cents };
    const later = invoiceFigures({ ...facts, ...paid }, today);
    const invoice = { invoice_id: target_id, opening_balance: false, number: row.number };
    return [
      {
        ...invoice,
        amount_cents,
        open_before_cents: invoiceFigures(facts, today).open_cents,
        open_after_cents: later.open_cents,
        status_after: later.status,
      },
    ];
  });
}

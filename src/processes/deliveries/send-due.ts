import { automaticDeliveryId } from '../../../commands/deliveries/delivery.ts';
import { ATTEMPT_LIMIT_MS } from '../../../commands/deliveries/delivery-retries.ts';
import {
  dueDeliveries,
  unsentInvoices,
  type UnsentInvoice,
} from '../../../projections/deliveries/delivery-queries.ts';
import { Refused } from '../../ledger/refusal.ts';
import { mapBounded } from '../../runtime/map-bounded.ts';
import type { ProcessRun } from '../process.ts';
import { attemptDelivery, type Attempted } from './attempt-delivery.ts';
import type { DeliveryDeps } from './delivery-deps.ts';
import { requestSend } from './request-send.ts';

/** The most mails of one run; the next run goes on. */
const mostMails = 200;
/** How many sessions with the mail server are open at once. */
const sessions = 4;
/** The most time of one session, in milliseconds. */
const sessionMs = 60_000;
/** After so many sessions in a row without any answer the mail server is taken for gone. */
const mostSilent = 3;
/** Only what was issued in so many days is sent by itself: no mail about what is long past. */
const recentDays = 45;

const dayMs = 86_400_000;

/** What a mail is about. */
type Mailed = { invoice_id: string } | { delivery_id: string };

/** A run's result. It holds no addresses. */
export interface SendResult {
  /** Mails that were tried in this run. */
  attempted: number;
  /** Of those: every address is settled, some are tried again, or none was reached for good. */
  delivered: number;
  pending: number;
  failed: number;
  /** Deliveries that ended without a mail. */
  stopped: number;
  /** Invoices and notices that could not be sent, and why: a code. A notice has the id of its delivery. */
  not_sent: (Mailed & { reason: string })[];
  /** Whether the run ended early: the mail server gave no answer. */
  broken_off: boolean;
}

/** What a run sends: what is due to be tried again, and unsent invoices. */
export interface SendScope {
  /** First day of a month: only its invoices, also those that were never sent. */
  period?: string | undefined;
  /** Without a period: whether invoices that were never sent are sent too. */
  unsent: boolean;
}

/** Whether a run without a period would find something to do. */
export async function isAnythingDue(deps: Pick<DeliveryDeps, 'ledger'>, unsent: boolean): Promise<boolean> {
  const { ledger } = deps;
  return ledger.readLatest(async (db) => {
    const due = await dueDeliveries(db, dueTimes(ledger.now()), { limit: 1 });
    if (due.length > 0 || !unsent) return due.length > 0;
    return (await unsentInvoices(db, { issuedSince: recently(ledger.now()), limit: 1 })).length > 0;
  });
}

const dueTimes = (now: string) => ({
  now,
  lostBefore: new Date(Date.parse(now) - ATTEMPT_LIMIT_MS).toISOString(),
});

const recently = (now: string): string => new Date(Date.parse(now) - recentDays * dayMs).toISOString();

/** Sends what is due, a few mails at a time. One that fails does not stop the others. */
export async function sendDue(deps: DeliveryDeps, scope: SendScope, run: ProcessRun): Promise<SendResult> {
  const { ledger } = deps;
  const { period } = scope;
  const sent = new Sent();
  const due = await ledger.readLatest((db) =>
    dueDeliveries(db, dueTimes(ledger.now()), { period, limit: mostMails }),
  );
  const unsent =
    period === undefined && !scope.unsent
      ? []
      : await ledger.readLatest((db) =>
          unsentInvoices(db, {
            period,
            ...(period === undefined ? { issuedSince: recently(ledger.now()) } : {}),
            limit: mostMails - due.length,
          }),
        );
  const total = due.length + unsent.length;
  const each = async (mailed: Mailed, work: () => Promise<Attempted>): Promise<void> => {
    if (sent.isBrokenOff) return;
    await sent.note(mailed, work, deps);
    run.progress(sent.done, total);
  };
  await mapBounded(
    due,
    ({ id, invoice_id }) =>
      each(invoice_id === null ? { delivery_id: id } : { invoice_id }, () =>
        attemptDelivery(deps, id, () => run.meta(), sessionMs),
      ),
    sessions,
  );
  await mapBounded(
    unsent,
    (invoice) => each({ invoice_id: invoice.id }, () => sendNew(deps, invoice, run)),
    sessions,
  );
  return sent.result();
}

async function sendNew(
  deps: DeliveryDeps,
  { id, issue_no }: UnsentInvoice,
  run: ProcessRun,
): Promise<Attempted> {
  const deliveryId = automaticDeliveryId(id, issue_no);
  const request = { deliveryId, invoiceId: id, to: null, automatic: true };
  await requestSend(deps, request, run.meta(), () => run.meta());
  return attemptDelivery(deps, deliveryId, () => run.meta(), sessionMs);
}

/** Counts what became of a run's mails. */
class Sent {
  readonly #result: SendResult = {
    ...{ attempted: 0, delivered: 0, pending: 0, failed: 0, stopped: 0 },
    not_sent: [],
    broken_off: false,
  };
  #silent = 0;
  done = 0;

  get isBrokenOff(): boolean {
    return this.#result.broken_off;
  }

  async note(mailed: Mailed, work: () => Promise<Attempted>, { logger }: DeliveryDeps): Promise<void> {
    try {
      this.#count(await work());
    } catch (error) {
      const reason = error instanceof Refused ? error.refusal.refused : 'internal-error';
      if (!(error instanceof Refused)) logger.error({ err: error, ...mailed }, 'a mail is not sent');
      this.#result.not_sent.push({ ...mailed, reason });
    }
    this.done += 1;
  }

  #count({ delivery, outcomes }: Attempted): void {
    const result = this.#result;
    if (outcomes === null) {
      if (delivery.isOver) result.stopped += 1;
      return;
    }
    result.attempted += 1;
    if (!delivery.isOver) result.pending += 1;
    else if (delivery.accepted === delivery.addresses) result.delivered += 1;
    else result.failed += 1;
    const isSilent = outcomes.every(({ outcome, code }) => outcome === 'deferred' && code === null);
    this.#silent = isSilent ? this.#silent + 1 : 0;
    if (this.#silent >= mostSilent) result.broken_off = true;
  }

  result(): SendResult {
    const idOf = (mailed: Mailed): string =>
      'invoice_id' in mailed ? mailed.invoice_id : mailed.delivery_id;
    const byId = (a: Mailed, b: Mailed): number => (idOf(a) < idOf(b) ? -1 : idOf(a) > idOf(b) ? 1 : 0);
    return { ...this.#result, not_sent: [...this.#result.not_sent].sort(byId) };
  }
}

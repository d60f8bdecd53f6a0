import {
  delivery as deliveryAggregate,
  deliveryStream,
  type Delivery,
  type DeliveryState,
} from '../../../commands/deliveries/delivery.ts';
import { isUnderWay } from '../../../commands/deliveries/delivery-retries.ts';
import { foldStream } from '../../ledger/fold-stream.ts';
import type { CommandMeta, Ledger } from '../../ledger/ledger.ts';
import { refuse, Refused } from '../../ledger/refusal.ts';
import type { AddressOutcome } from '../../mail/mail-client.ts';
import { commands } from '../commands.ts';
import type { DeliveryDeps } from './delivery-deps.ts';
import { mailContent, whyNot, type MailContent } from './mail-content.ts';
import { addressesLeft, openDeliveries, sealDetails } from './sealed-delivery.ts';

/** What a call of {@link attemptDelivery} came to. */
export interface Attempted {
  /** As it stands now. */
  delivery: Delivery;
  /** One item for each address that was tried; null: nothing was sent by this call. */
  outcomes: AddressOutcome[] | null;
}

/** A delivery as its own events have it; null: there is none. */
async function loadDelivery(ledger: Ledger, id: string): Promise<DeliveryState> {
  return foldStream(deliveryAggregate, await ledger.events(deliveryStream(id)));
}

async function present(ledger: Ledger, id: string): Promise<Delivery> {
  const state = await loadDelivery(ledger, id);
  if (state === null) throw new Refused(refuse('not-found', 'there is no such delivery'));
  return state;
}

/**
 * Makes the next attempt of a delivery, if it is time for one. Of many callers at once, in any processes, one
 * sends. An attempt whose process died is first settled as unknown, and tried again only after its pause. A
 * delivery ends without a mail where its invoice is void or was issued anew, where what its notice asks for
 * is paid, and where its addresses are erased.
 * @param limitMs the most time for the session with the mail server, in milliseconds
 * @throws {Refused} `not-found`, or what keeps the document from being made; nothing was sent
 */
export async function attemptDelivery(
  deps: DeliveryDeps,
  id: string,
  meta: () => CommandMeta,
  limitMs: number,
): Promise<Attempted> {
  const { ledger, personal } = deps;
  const delivery = await settled(deps, await present(ledger, id), meta);
  if (!isDue(delivery, ledger.now())) return { delivery, outcomes: null };
  const [opened] = await openDeliveries(personal, [sealedOf(delivery)]);
  const left = opened === undefined ? null : addressesLeft(opened);
  const reason = left === null ? 'no-address' : await whyNot(ledger, delivery);
  if (reason !== null) {
    await ledger.execute(commands.stopDelivery, { delivery_id: id, reason }, meta());
    return { delivery: await present(ledger, id), outcomes: null };
  }
  const content = await mailContent(deps, delivery, meta);
  const attempt_no = delivery.attempts.length + 1;
  const begun = await ledger.execute(commands.beginAttempt, { delivery_id: id, attempt_no }, meta());
  if (begun.appended === 0) return { delivery: await present(ledger, id), outcomes: null };
  const outcomes = await send(
    deps,
    delivery,
    { to: opened?.recipients ?? [], left: left ?? [] },
    content,
    limitMs,
  );
  const details = await sealDetails(personal, delivery, outcomes);
  const ended = { delivery_id: id, attempt_no, counts: countsOf(outcomes), details };
  const { result } = await ledger.execute(commands.endAttempt, ended, meta());
  return { delivery: result ?? delivery, outcomes };
}

function sealedOf({ delivery_id, recipients, attempts }: Delivery) {
  return { delivery_id, recipients, details: attempts.map(({ ended }) => ended?.details ?? null) };
}

/** Settles an attempt whose process has died. */
async function settled(
  { ledger }: DeliveryDeps,
  delivery: Delivery,
  meta: () => CommandMeta,
): Promise<Delivery> {
  const last = delivery.attempts.at(-1);
  if (last === undefined || last.ended !== null || isUnderWay(last, ledger.now())) return delivery;
  const lost = {
    delivery_id: delivery.delivery_id,
    attempt_no: last.attempt_no,
    counts: null,
    details: null,
  };
  const { result } = await ledger.execute(commands.endAttempt, lost, meta());
  return result ?? delivery;
}

/** Whether the next attempt may begin now: none is under way, and the pause after the last one is over. */
function isDue({ attempts, isOver }: Delivery, now: string): boolean {
  const last = attempts.at(-1);
  if (isOver) return false;
  if (last === undefined) return true;
  const retryAt = last.ended?.retry_at ?? null;
  return retryAt !== null && retryAt <= now;
}

async function send(
  { mail }: DeliveryDeps,
  { message_id, requested_at }: Delivery,
  { to, left }: { to: readonly string[]; left: readonly string[] },
  content: MailContent,
  limitMs: number,
): Promise<AddressOutcome[]> {
  return mail.send({ ...content, messageId: message_id, date: requested_at, to }, left, limitMs);
}

function countsOf(outcomes: readonly AddressOutcome[]) {
  const count = (wanted: AddressOutcome['outcome']): number =>
    outcomes.filter(({ outcome }) => outcome === wanted).length;
  return {
    accepted: count('accepted'),
    bounced: count('bounced'),
    deferred: count('deferred'),
    unknown: count('unknown'),
  };
}

import { messageIdOf, noticeDeliveryId } from '../../../commands/deliveries/delivery.ts';
import type { Notice } from '../../events/documents.ts';
import type { CommandMeta } from '../../ledger/ledger.ts';
import type { MailClient } from '../../mail/mail-client.ts';
import { Refused } from '../../ledger/refusal.ts';
import { addDays } from '../../pricing/calendar.ts';
import { sumCents } from '../../pricing/money.ts';
import { attemptDelivery } from '../deliveries/attempt-delivery.ts';
import type { DeliveryDeps } from '../deliveries/delivery-deps.ts';
import { distinctAddresses } from '../deliveries/distinct-addresses.ts';
import { deliveryDeps } from '../deliveries/open-deliveries.ts';
import { sealRecipients } from '../deliveries/sealed-delivery.ts';
import { commands } from '../commands.ts';
import type { LifecycleDays, ProcessDeps } from '../process.ts';

/** A step of the automatic lifecycle that is about to be taken, for all deployments of one tenant. */
export interface StepNotice extends Pick<Notice, 'kind' | 'day' | 'deployments' | 'invoices' | 'currency'> {
  tenant_id: string;
}

/** The most time of the first attempt, in milliseconds: the step waits for it. */
const firstAttemptMs = 10_000;

/** How long no further step waits for a mail server that let an attempt run out of time, in milliseconds. */
const silenceMs = 600_000;

/** Such mail servers, and until when (epoch milliseconds). */
const silentUntil = new WeakMap<MailClient, number>();

/** The most deployments, and the most invoices, of which a notice keeps more than the count. */
const mostKept = 50;

/**
 * Announces a step by mail to the billing addresses of the tenant, before it is taken. A tenant gets one mail
 * of a kind for a day, however often this is called. Without a mail server, a seller, a profile or an
 * address, and for an erased customer, nothing is sent and nothing is recorded. The intent is recorded, and
 * one attempt made, but for ten minutes after a mail server gave no answer at all in the time of an attempt;
 * what does not arrive then is tried again by `invoices.send`. Trouble with mail never throws; what keeps the
 * intent from being recorded does.
 * @param meta of each command of it
 * @param limitMs the most time of the attempt, in milliseconds
 */
export async function announceStep(
  deps: ProcessDeps,
  step: StepNotice,
  meta: () => CommandMeta,
  limitMs = firstAttemptMs,
): Promise<void> {
  if (deps.mail === null) return;
  const mailing = deliveryDeps(deps);
  const deliveryId = noticeDeliveryId(step.tenant_id, step);
  const { logger } = deps;
  const about = { tenant_id: step.tenant_id, kind: step.kind, day: step.day };
  try {
    if (!(await requestNotice(mailing, { deliveryId, step, lifecycle: deps.lifecycle }, meta))) return;
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    logger.debug({ ...about, reason: error.refusal.refused }, 'a step is not announced');
    return;
  }
  try {
    await attempt(mailing, deliveryId, meta, limitMs);
  } catch (error) {
    logger.error({ err: error, ...about }, 'a notice is not sent yet');
  }
}

/** The first attempt, or the next one if it is due. */
async function attempt(
  deps: DeliveryDeps,
  deliveryId: string,
  meta: () => CommandMeta,
  limitMs: number,
): Promise<void> {
  const { ledger, mail } = deps;
  if (Date.parse(ledger.now()) < (silentUntil.get(mail) ?? 0)) return;
  const begun = performance.now();
  const { outcomes } = await attemptDelivery(deps, deliveryId, meta, limitMs);
  const isSilent = outcomes?.every(({ outcome, code }) => outcome === 'deferred' && code === null);
  // One that refuses at once holds up nothing.
  if (isSilent === true && performance.now() - begun >= limitMs / 2)
    silentUntil.set(mail, Date.parse(ledger.now()) + silenceMs);
}

interface Announcement {
  deliveryId: string;
  step: StepNotice;
  lifecycle: LifecycleDays;
}

/** Records that a step is to be announced. @returns whether it is, now or since before */
async function requestNotice(
  deps: DeliveryDeps,
  { deliveryId: delivery_id, step, lifecycle }: Announcement,
  meta: () => CommandMeta,
): Promise<boolean> {
  const { tenant_id } = step;
  const addresses = distinctAddresses(await deps.addressesOf(tenant_id));
  if (addresses.length === 0) return false;
  // Without a seller nothing can be said; what is missing is refused here.
  await deps.partiesOf(tenant_id);
  const recipients = await sealRecipients(deps.personal, { tenant_id, delivery_id }, addresses);
  const input = {
    ...{ delivery_id, tenant_id, recipients },
    addresses: addresses.length,
    message_id: messageIdOf(delivery_id, deps.mail.domain),
    notice: noticeOf(step, lifecycle),
  };
  await deps.ledger.execute(commands.requestNotice, input, meta());
  return true;
}

/** What a notice keeps of a step: the first of each list by slug and by due day. */
function noticeOf(step: StepNotice, { suspendDays }: LifecycleDays): Notice {
  const { kind, day, deployments, invoices, currency } = step;
  const bySlug = [...deployments].sort((a, b) => compare(a.slug, b.slug));
  const byDay = [...invoices].sort(
    (a, b) => compare(a.due_on, b.due_on) || compare(a.invoice_id, b.invoice_id),
  );
  const suspends = kind === 'past-due' ? byDay.map(({ due_on }) => addDays(due_on, suspendDays)) : [];
  const more = (list: readonly unknown[]): number => Math.max(0, list.length - mostKept);
  return {
    ...{ kind, day, currency },
    deployments: bySlug
      .slice(0, mostKept)
      .map(({ deployment_id, slug, display_name }) => ({ deployment_id, slug, display_name })),
    more_deployments: more(bySlug),
    invoices: byDay
      .slice(0, mostKept)
      .map(({ invoice_id, number, due_on, open_cents }) => ({ invoice_id, number, due_on, open_cents })),
    more_invoices: more(byDay),
    suspends_on: suspends.find((on) => on > day) ?? null,
    open_cents: sumCents(invoices.map(({ open_cents }) => open_cents)),
  };
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** The day from which a change counts: today, or a day in the past that an admin names. */
import type { Execution } from '../../src/ledger/command.ts';
import { isRefusal, refuse, refuseField, type Refusal } from '../../src/ledger/refusal.ts';
import { refuseInvoicedDays, type StandingInvoice } from '../invoicing/invoiced-days.ts';
import { effectiveDay, kindOf } from './actors.ts';
import type { Subscription } from './deployment.ts';

/** How far back a change of a tenant's deployments can be dated. */
export interface DayBounds {
  /** The tenant's standing invoices that cover the day or a later one, oldest first. */
  invoices: readonly StandingInvoice[];
  /** The first day of the tenant's deployments and their subscriptions; null: it has none. */
  first_day: string | null;
}

/** Whether only an admin may name that day, within {@link DayBounds}. */
function liesBack(effective_on: string | undefined, today: string): effective_on is string {
  return effective_on !== undefined && effective_on < today;
}

/**
 * The day from which a change counts, or the reason why it can't be that day.
 * @param effective_on the day that the caller names; default today
 * @param bounds needed for a day that lies back
 */
export function effectiveDayOf(
  effective_on: string | undefined,
  bounds: DayBounds | null | undefined,
  { today, actor }: Pick<Execution, 'today' | 'actor'>,
): string | Refusal {
  if (effective_on === undefined) return today;
  if (effective_on > today) return refuseField('effective_on', 'lies in the future');
  if (!liesBack(effective_on, today)) return today;
  if (kindOf(actor) === 'tenant')
    return refuse('forbidden', 'only an admin may name another day than today', at('not today'));
  if (!bounds) throw new Error('a day in the past is decided with its bounds');
  const { first_day, invoices } = bounds;
  if (first_day === null || effective_on < first_day)
    return refuseField(
      'effective_on',
      first_day === null
        ? 'the tenant has no deployment'
        : `lies before the tenant's first day, ${first_day}`,
    );
  const invoiced = refuseInvoicedDays(invoices, effective_on, null);
  return invoiced === null ? effective_on : { ...invoiced, ...at('lies in or before an invoiced month') };
}

/**
 * The day from which a change to a subscription counts: as {@link effectiveDayOf}, and not before its first
 * day. A change that is made ahead of that, without a day in the past, counts from it.
 */
export function subscriptionDayOf(
  effective_on: string | undefined,
  subscription: Subscription,
  bounds: DayBounds | null | undefined,
  execution: Pick<Execution, 'today' | 'actor'>,
): string | Refusal {
  const day = effectiveDayOf(effective_on, bounds, execution);
  if (isRefusal(day)) return day;
  const { starts_on } = subscription;
  if (liesBack(effective_on, execution.today) && day < starts_on)
    return refuseField('effective_on', `lies before the first day of the subscription, ${starts_on}`);
  return effectiveDay(subscription, day);
}

const at = (message: string) => ({ errors: [{ path: 'effective_on', message }] });

/** Refuses a change that is dated before a later one of the same thing. */
export function refuseLater(what: string, later: { effective_on: string }): Refusal {
  return refuse('conflict', `${what} on ${later.effective_on}: a change before it would contradict it`, {
    ...at(`lies before ${later.effective_on}`),
    extra: { later: { ...later } },
  });
}

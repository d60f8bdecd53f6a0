import { defineCommand, type Execution } from '../../src/ledger/command.ts';
import { refuse, refuseField, type Refusal } from '../../src/ledger/refusal.ts';
import type { ChargeEvent } from '../../src/events/usage.ts';
import { money } from '../../src/pricing/amount-text.ts';
import { mostMonthCents } from '../../src/pricing/billable.ts';
import { addDays } from '../../src/pricing/calendar.ts';
import { refuseInvoicedDays, type StandingInvoice } from '../invoicing/invoiced-days.ts';
import { charge, chargeStream } from './charge.ts';
import { refuseDate } from './report.ts';

export interface AddCharge {
  /** Fresh for each request. */
  charge_id: string;
  deployment_id: string;
  description: string;
  /** Before tax, never 0; negative: a discount. */
  amount_cents: number;
  /** UTC day whose month bills it; default today. */
  day?: string | undefined;
}

/** The deployment, null where there is none, and its tenant's standing invoices from the day on. */
export interface ChargeContext {
  deployment: { tenant_id: string; state: string } | null;
  invoices: readonly StandingInvoice[];
}

/** The latest day of a charge, in days from today. */
const DAYS_AHEAD = 366;

/**
 * Charges a deployment once, or grants it a discount. Until the deployment is archived it can be charged,
 * also without a subscription in force: fees of an end come after it.
 */
export const addCharge = defineCommand({
  name: 'add-charge',
  aggregate: charge,
  stream: (input: AddCharge) => chargeStream(input.charge_id),
  decide(state, input, { deployment, invoices }: ChargeContext, execution): ChargeEvent[] | Refusal {
    if (state !== null) return [];
    if (deployment === null) return refuse('not-found', 'there is no such deployment');
    const { charge_id, deployment_id, description, amount_cents, day = execution.today } = input;
    const unfit = unfitAmount(amount_cents, execution.currency) ?? unfitDay(day, execution);
    if (unfit !== null) return unfit;
    if (deployment.state === 'archived')
      return refuse('deployment-closed', 'the deployment is archived', {
        extra: { state: deployment.state },
      });
    const { tenant_id } = deployment;
    return (
      refuseInvoicedDays(invoices, day, addDays(day, 1)) ?? [
        {
          type: 'ChargeAdded',
          data: { charge_id, deployment_id, tenant_id, description, amount_cents, day },
          ...(day === execution.today ? {} : { effective_at: day }),
        },
      ]
    );
  },
  result: (state) => state,
});

function unfitAmount(cents: number, currency: string): Refusal | null {
  if (cents === 0) return refuseField('amount_cents', 'must not be 0');
  return Math.abs(cents) <= mostMonthCents
    ? null
    : refuseField('amount_cents', `at most ${money(mostMonthCents)} ${currency} can be billed in a month`);
}

function unfitDay(day: string, execution: Execution): Refusal | null {
  if (day <= execution.today) return refuseDate('day', day, execution);
  return day <= addDays(execution.today, DAYS_AHEAD)
    ? null
    : refuseField('day', 'lies more than a year ahead');
}

import { defineCommand } from '../../src/ledger/command.ts';
import { refuse, type Refusal } from '../../src/ledger/refusal.ts';
import type { ChargeEvent } from '../../src/events/usage.ts';
import { addDays } from '../../src/pricing/calendar.ts';
import { refuseInvoicedDays, type StandingInvoice } from '../invoicing/invoiced-days.ts';
import { charge, chargeStream } from './charge.ts';

export interface VoidCharge {
  charge_id: string;
  deployment_id: string;
  reason: string;
}

/** The standing invoices of the charge's tenant from its day on. */
export interface VoidChargeContext {
  invoices: readonly StandingInvoice[];
}

/** Takes a charge back until its month is invoiced. Once more adds nothing: the first reason stays. */
export const voidCharge = defineCommand({
  name: 'void-charge',
  aggregate: charge,
  stream: (input: VoidCharge) => chargeStream(input.charge_id),
  decide(
    state,
    { charge_id, deployment_id, reason },
    { invoices }: VoidChargeContext,
  ): ChargeEvent[] | Refusal {
    if (state === null || state.deployment_id !== deployment_id)
      return refuse('not-found', 'the deployment has no such charge');
    if (state.void_reason !== null) return [];
    const { tenant_id, day } = state;
    return (
      refuseInvoicedDays(invoices, day, addDays(day, 1)) ?? [
        { type: 'ChargeVoided', data: { charge_id, deployment_id, tenant_id, day, reason } },
      ]
    );
  },
  result: (state) => state,
});

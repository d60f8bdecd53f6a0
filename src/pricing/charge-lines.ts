/** One-off charges as lines of a month. */
import type { LineWithInputs } from './line-inputs.ts';
import type { OneOffCharge } from './one-off-charge.ts';

/** A line for each charge, in their order. */
export function chargeLines(charges: readonly OneOffCharge[]): LineWithInputs[] {
  return charges.map((charge) => {
    const { charge_id, description, amount_cents, day } = charge;
    return {
      line: {
        kind: 'charge',
        resource_kind: null,
        description,
        qty: '1',
        unit: 'each',
        unit_price_cents: amount_cents,
        amount_cents,
        meta: { charge_id, day },
      },
      inputs: { kind: 'charge', charge },
    };
  });
}

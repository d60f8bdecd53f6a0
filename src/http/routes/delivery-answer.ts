import { z } from 'zod';
import type { AttemptRow } from '../../../projections/deliveries/delivery-queries.ts';

import { deliveryStatuses } from '../../../projections/deliveries/mail-queries.ts';
import { deliveryStatus } from '../../processes/deliveries/delivery-status.ts';
import { openDeliveries } from '../../processes/deliveries/sealed-delivery.ts';
import type { ProcessDeps } from '../../processes/process.ts';
import { instantSchema } from '../schemas.ts';

const count = z.int().min(0);

/** How a delivery stands. */
export const deliveryStanding = {
  delivery_id: z.string(),
  message_id: z.string(),
  status: z.enum(deliveryStatuses),
  addresses: count,
  accepted: count,
  bounced: count,
};

const attempt = z.strictObject({
  attempt_no: z.int(),
  attempted_at: instantSchema,
  outcome: z.string().nullable(),
  retry_at: instantSchema.nullable(),
  ended_at: instantSchema.nullable(),
  addresses: z
    .array(
      z.strictObject({
        address: z.string(),
        outcome: z.enum(['accepted', 'deferred', 'bounced', 'unknown']),
        code: z.int().nullable(),
        answer: z.string(),
      }),
    )
    .nullable(),
});

/** A delivery with its attempts. */
export const shownDelivery = {
  ...deliveryStanding,
  stopped: z.string().nullable(),
  requested_at: instantSchema,
  recipients: z.array(z.string()).nullable(),
  attempts: z.array(attempt),
};

/** What the descriptions of such lists say. */
export const attemptsDescription =
  "Each attempt has, for each address that it tried, the server's answer. `recipients` and `addresses` " +
  'are null once the customer is erased; those of an attempt also while it is under way, or where its ' +
  'process died.';

/** What is shown of a delivery's row. */
interface ShownRow {
  id: string;
  recipients: string;
  message_id: string;
  addresses: number;
  accepted: number;
  bounced: number;
  phase: string;
  outcome: string | null;
  stopped: string | null;
  requested_at: string;
  tries: AttemptRow[];
}

/** Deliveries as {@link shownDelivery} has them, in order, their personal fields opened. */
export async function showDeliveries(personal: ProcessDeps['personal'], rows: readonly ShownRow[]) {
  const opened = await openDeliveries(
    personal,
    rows.map(({ id: delivery_id, recipients, tries }) => ({
      delivery_id,
      recipients,
      details: tries.map(({ details }) => details),
    })),
  );
  return rows.map((row, at) => {
    const { message_id, addresses, accepted, bounced, stopped, requested_at } = row;
    return {
      ...{ delivery_id: row.id, message_id, addresses, accepted, bounced, stopped, requested_at },
      status: deliveryStatus(row),
      recipients: opened[at]?.recipients ?? null,
      attempts: row.tries.map(({ details: _details, ...one }, no) => ({
        ...one,
        addresses: opened[at]?.details[no] ?? null,
      })),
    };
  });
}

// The query for events, which HTTP and the command line share.
import { z } from 'zod';
import { endOf, startOf } from '../../projections/deployments/as-of.ts';
import { refuseField, Refused } from '../ledger/refusal.ts';
import { eventSchemas, type EventType } from '../events/index.ts';
import { idSchema, momentSchema, queryInteger } from './schemas.ts';
import type { EventFilter } from '../journal/find/event-filter.ts';
import { nearestNames } from '../journal/find/nearest-names.ts';

/** Every type of event that the ledger records. */
export const eventTypes = Object.keys(eventSchemas) as [EventType, ...EventType[]];

/** Types are a closed set: an empty list for a mistyped one would read as "no such event". */
function noSuchType(typed: unknown): string {
  const nearest = nearestNames(eventTypes, String(typed));
  return nearest.length === 0
    ? 'no such event type'
    : `no such event type; did you mean ${nearest.join(' or ')}?`;
}

/** The filters, and the position behind which to begin. */
export const eventQuery = {
  stream: idSchema.optional(),
  type: z.enum(eventTypes, { error: ({ input }) => noSuchType(input) }).optional(),
  actor: z
    .string()
    .min(1)
    .max(500)
    .optional()
    .meta({ description: 'the subject that caused it, or job:<name>' }),
  correlation_id: idSchema.optional().meta({ description: 'the request or job run that caused it' }),
  recorded_from: momentSchema
    .optional()
    .meta({ description: 'recorded then or later; a day from its beginning' }),
  recorded_to: momentSchema.optional().meta({ description: 'recorded then or earlier; a day to its end' }),
  after: queryInteger(0, Number.MAX_SAFE_INTEGER).default(0),
};

type AskedEvents = {
  [Name in Exclude<keyof typeof eventQuery, 'after'>]?: z.output<(typeof eventQuery)[Name]>;
};

/** @throws {Refused} `invalid-input` for a time that ends before it begins */
export function filterOf({
  stream,
  type,
  actor,
  correlation_id,
  recorded_from,
  recorded_to,
}: AskedEvents): EventFilter {
  const recordedFrom = recorded_from === undefined ? undefined : startOf(recorded_from);
  const recordedTo = recorded_to === undefined ? undefined : endOf(recorded_to);
  if (recordedFrom !== undefined && recordedTo !== undefined && recordedTo < recordedFrom)
    throw new Refused(refuseField('recorded_to', 'before recorded_from'));
  return { stream, type, actor, correlationId: correlation_id, recordedFrom, recordedTo };
}

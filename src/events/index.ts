import type { z } from 'zod';
import {
  balanceEvents,
  costAlertEvents,
  costPartEvents,
  costSharingEvents,
  providerInvoiceEvents,
  sizeEvents,
} from './costs.ts';
import {
  addonEvents,
  fxEvents,
  planEvents,
  resourcePriceEvents,
  taxEvents,
  templateEvents,
} from './catalog.ts';
import type { EventOf, RecordedEvent, Recorded, StreamEvent } from './define.ts';
import { deploymentEvents, lifecycleDayEvents } from './deployments.ts';
import { deliveryEvents, documentEvents, financeArEvents, numberSeriesEvents } from './documents.ts';
import { inventoryEvents, projectEvents, sweepEvents } from './inventory.ts';
import { invoiceEvents, invoicePartEvents, rollupEvents } from './invoicing.ts';
import { customerEvents, sellerEvents } from './parties.ts';
import { accountEvents } from './receivables.ts';
import {
  chargeEvents,
  llmEvents,
  meteringConfigEvents,
  meteringDayEvents,
  meteringEvents,
  reportedUsageEvents,
} from './usage.ts';

/** Every event of the ledger, by type. */
export const eventSchemas = {
  ...inventoryEvents,
  ...projectEvents,
  ...sweepEvents,
  ...providerInvoiceEvents,
  ...costPartEvents,
  ...balanceEvents,
  ...sizeEvents,
  ...costAlertEvents,
  ...costSharingEvents,
  ...planEvents,
  ...addonEvents,
  ...resourcePriceEvents,
  ...fxEvents,
  ...taxEvents,
  ...templateEvents,
  ...deploymentEvents,
  ...lifecycleDayEvents,
  ...meteringEvents,
  ...meteringDayEvents,
  ...meteringConfigEvents,
  ...llmEvents,
  ...reportedUsageEvents,
  ...invoiceEvents,
  ...invoicePartEvents,
  ...rollupEvents,
  ...chargeEvents,
  ...sellerEvents,
  ...customerEvents,
  ...accountEvents,
  ...numberSeriesEvents,
  ...documentEvents,
  ...deliveryEvents,
  ...financeArEvents,
} as const;

/** Any event of the ledger. */
export type LedgerEvent = EventOf<typeof eventSchemas>;
export type EventType = LedgerEvent['type'];

/** An event as recorded, its type known. */
export type RecordedLedgerEvent = Recorded<LedgerEvent>;

/** The schema versions above 1. */
const currentVersions: Partial<Record<EventType, number>> = {};

export function schemaVersion(type: EventType): number {
  return currentVersions[type] ?? 1;
}

/** Lifts data from one schema version to the next, by type and version. */
export type Upcasters = Partial<Record<EventType, Record<number, (data: unknown) => unknown>>>;
const upcasters: Upcasters = {};

/**
 * Brings a recorded event's data to its current schema version.
 * @throws for an event type that this build does not know, or a version newer than it knows
 */
export function upcast(
  event: RecordedEvent,
  using?: Upcasters,
  current?: (type: EventType) => number,
): RecordedLedgerEvent;
/** The same for an event read from its stream. */
export function upcast(
  event: StreamEvent,
  using?: Upcasters,
  current?: (type: EventType) => number,
): LedgerEvent;
export function upcast(
  event: RecordedEvent | StreamEvent,
  using: Upcasters = upcasters,
  current: (type: EventType) => number = schemaVersion,
): RecordedLedgerEvent | LedgerEvent {
  if (!Object.hasOwn(eventSchemas, event.type))
    throw new Error(`unknown event type ${event.type} at position ${event.position}`);
  const type = event.type as EventType;
  const target = current(type);
  let version = event.metadata.schema_version;
  if (version > target)
    throw new Error(
      `${type} at position ${event.position} has schema version ${version}, this build knows ${target}`,
    );
  if (version === target) return event as RecordedLedgerEvent | LedgerEvent;
  let data = event.data;
  for (; version < target; version++) {
    const lift = using[type]?.[version];
    if (lift === undefined) throw new Error(`no upcaster for ${type} from schema version ${version}`);
    data = lift(data);
  }
  return { ...event, data } as RecordedLedgerEvent | LedgerEvent;
}

export function schemaOfEvent(type: EventType): z.ZodType {
  return eventSchemas[type];
}

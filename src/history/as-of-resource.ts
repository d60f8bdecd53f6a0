import type { KnownResource } from '../../commands/inventory/resource.ts';
import type { JsonObject } from '../runtime/json.ts';
import type { AsOf } from '../../projections/deployments/as-of.ts';
import type { InventoryRow } from '../../projections/inventory/resource-queries.ts';
import type { HeldRange } from '../../projections/inventory/tie-history.ts';
import type { RecordedLedgerEvent } from '../events/index.ts';
import { ownerOn, tieOn, visibleEvents } from './ownership.ts';
import { isInventoryEvent, isTie, ownershipOf, pastOf, stateOf, wasShown } from './past.ts';
import type { RecordedInventoryEvent, Viewer } from './past.ts';

/** A drift finding that is open. */
interface OpenFinding {
  id: string;
  field: string;
  desired: unknown;
  actual: unknown;
  spec_version: number;
  found_at: string;
  updated_at: string;
}

/** The desired state of a resource. */
interface DesiredSpec {
  spec: JsonObject | null;
  /** Goes up by one with each new spec; null where none was recorded. */
  spec_version: number | null;
}

/** What is shown of a resource beside its row. */
export interface ResourceFacts extends DesiredSpec {
  /** The tie in force on the day; null for none. */
  tie: HeldRange | null;
  /** Its ties that cover a day, by their first day; for a tenant its own. */
  ties: HeldRange[];
  /** Open findings, by field; for a tenant those recorded while it owned the resource. */
  drift: OpenFinding[];
  events: RecordedLedgerEvent[];
}

/**
 * A resource as it was. `last_seen_at` is of the last recorded sighting: a sweep without a change leaves no
 * event.
 */
export interface PastResource extends ResourceFacts {
  row: InventoryRow;
}

const specTypes: ReadonlySet<string> = new Set(['SpecProvisioned', 'DriftAccepted']);
const noSpec: DesiredSpec = { spec: null, spec_version: null };

/** What is shown beside a resource's row now, to a viewer who may see it. */
export function factsNow(events: readonly RecordedLedgerEvent[], { tenantId, now }: Viewer): ResourceFacts {
  const visible = visibleEvents(events, tenantId);
  const { ties } = ownershipOf(events);
  const state = stateOf(events.filter(isInventoryEvent).filter((event) => !isTie(event)));
  return {
    ...specOf(state),
    tie: tieOn(ties, now.slice(0, 10)) ?? null,
    ties: tiesFor(ties, tenantId),
    drift: openFindings(visible),
    events: visible,
  };
}

function specOf(state: KnownResource | null): DesiredSpec {
  return state === null || state.spec_version === 0
    ? noSpec
    : { spec: state.spec, spec_version: state.spec_version };
}

/**
 * A resource as it was by `as_of` and `known_at`; null when it did not exist, or the viewer may not see it.
 *
 * `as_of` picks the day of a tie, and `known_at` what was known of the tie. All else counts from the time it
 * was recorded.
 *
 * A tenant has to own the resource now (the caller has checked), has to have owned it then by all that was
 * known, and sees no state from before it was known as the owner: a tie entered later, for earlier days,
 * shows nothing of another tenant's time.
 * @param events the resource's whole stream
 */
export function resourceAsOf(
  events: readonly RecordedLedgerEvent[],
  when: AsOf,
  viewer: Viewer,
): PastResource | null {
  const past = pastOf(events, when, viewer.now);
  if (past === null) return null;
  const { stream, then, stateEvents, state, ties, day } = past;
  const owner = ownerOn({ own: state.tenant_id, ties }, day);
  if (
    viewer.tenantId !== null &&
    (owner !== viewer.tenantId || !wasShown(stream, stateEvents, { ...viewer, tenantId: viewer.tenantId }))
  )
    return null;
  const visible = new Set<RecordedLedgerEvent>(visibleEvents(events, viewer.tenantId));
  // Without `as_of` the order is the stream's.
  const ofThen = new Set(then);
  const shown = (when.as_of === undefined ? stream.filter((event) => ofThen.has(event)) : then).filter(
    (event) => visible.has(event),
  );
  const isSpecShown =
    viewer.tenantId === null ||
    wasShown(stream, stateEvents, { ...viewer, tenantId: viewer.tenantId }, specTypes);
  return {
    ...(isSpecShown ? specOf(state) : noSpec),
    tie: tieOn(ties, day) ?? null,
    row: {
      ...rowOf(state, stateEvents),
      tenant_id: viewer.tenantId ?? state.tenant_id,
      deployment_id: tieOn(ties, day)?.deployment_id ?? null,
    },
    ties: tiesFor(ties, viewer.tenantId),
    drift: openFindings(shown),
    events: shown,
  };
}

const iso = (instant: string): string => new Date(instant).toISOString();

function rowOf(
  state: KnownResource,
  events: readonly RecordedInventoryEvent[],
): Omit<InventoryRow, 'tenant_id' | 'deployment_id'> {
  const { resource_id, provider, provider_id, kind, observed, cloud_project_id, missed_syncs, stale } = state;
  const { name, region, size_slug, status, attrs, created_at } = observed;
  let [first, last] = ['', ''];
  for (const { type, data } of events) {
    if (type === 'ResourceDiscovered') first = data.observed_at;
    if (type === 'ResourceDiscovered' || type === 'ResourceChanged' || type === 'ResourceReturned')
      last = data.observed_at;
    if (type === 'ResourceMissed' && data.last_seen_at !== undefined) last = data.last_seen_at;
  }
  return {
    id: resource_id,
    provider,
    provider_id,
    kind,
    name,
    region,
    size_slug,
    status: stale ? 'stale' : status,
    attrs,
    cloud_project_id,
    missed_syncs,
    created_at: created_at === null ? null : iso(created_at),
    first_seen_at: iso(first),
    last_seen_at: iso(last),
  };
}

function tiesFor(ties: readonly HeldRange[], tenantId: string | null): HeldRange[] {
  return ties
    .filter(
      ({ tenant_id, effective_from, effective_to }) =>
        (tenantId === null || tenant_id === tenantId) &&
        (effective_to === null || effective_to > effective_from),
    )
    .sort((a, b) => (a.effective_from < b.effective_from ? -1 : 1));
}

function openFindings(events: readonly RecordedLedgerEvent[]): OpenFinding[] {
  const open = new Map<string, OpenFinding>();
  for (const {
    type,
    data,
    metadata: { recorded_at },
  } of events) {
    if (type === 'DriftFound' || type === 'DriftChanged') {
      const { drift_id, field, desired, actual, spec_version } = data;
      open.set(drift_id, {
        id: drift_id,
        field,
        desired,
        actual,
        spec_version,
        found_at: open.get(drift_id)?.found_at ?? recorded_at,
        updated_at: recorded_at,
      });
    } else if (type === 'DriftWentStale' || type === 'DriftAccepted' || type === 'DriftReverted') {
      open.delete(data.drift_id);
    }
  }
  return [...open.values()].sort((a, b) => (a.field < b.field ? -1 : 1));
}

import { z } from 'zod';
import type { EventOf } from './define.ts';
import { revertEvents } from './revert.ts';
import { day, instant, json, jsonObject, text } from './values.ts';

/** What a sweep saw of a resource, normalised (spec 3). `attrs` is the rest of the provider's object. */
const observedFields = {
  name: text,
  region: text.nullable(),
  size_slug: text.nullable(),
  status: text,
  /** When the resource was created at the provider, where that is known. */
  created_at: instant.nullable(),
  attrs: jsonObject,
};

const observation = { sweep_id: text, observed_at: instant };

/** When the sweep had read everything: only a sweep that began later may count a strike. */
const sweepEnd = { sweep_ended_at: instant.optional() };

/** When a counted sweep last saw the resource, known from its first strike on. */
const lastSeen = { last_seen_at: instant.optional() };

/** What made a tie by itself: the rule of a project, or the tie of what this resource was taken of. */
const tieRule = z.discriminatedUnion('by', [
  z.object({ by: z.literal('project'), project_id: text }),
  z.object({ by: z.literal('source'), resource_id: text }),
]);

/** See `tieRule`. */
export type TieRule = z.output<typeof tieRule>;

/**
 * Events of a resource's stream (`resource-<id>`): sightings, ownership, ties, desired spec and drift.
 * `observed_at` is when the sweep that saw it began reading the provider.
 */
export const inventoryEvents = {
  /** First sighting. `placeholder` when only a project URN names it (spec 3, URN discovery). */
  ResourceDiscovered: z.object({
    resource_id: text,
    provider: text,
    provider_id: text,
    kind: text,
    placeholder: z.boolean(),
    tenant_id: text,
    ...observedFields,
    ...observation,
    ...sweepEnd,
  }),
  /** Holds all observed fields as they are now; `changed` names those that differ from before. */
  ResourceChanged: z.object({
    resource_id: text,
    kind: text,
    changed: z.array(text),
    ...observedFields,
    ...observation,
    ...sweepEnd,
  }),
  /**
   * The objects of a bucket were counted, and their number or size differs from before. It is no sighting.
   * Holds all observed fields as they are now; the size is in `attrs` too.
   */
  BucketMeasured: z.object({
    resource_id: text,
    kind: text,
    changed: z.array(text),
    /** Whole bytes, exact. */
    size_bytes: text,
    /** Exact decimal; a gigabyte has 10^9 bytes. */
    size_gigabytes: text,
    objects: z.int(),
    /** When the counting began. */
    measured_at: instant,
    ...observedFields,
  }),
  /** Absent from a counted sweep; 1 or 2 strikes. */
  ResourceMissed: z.object({
    resource_id: text,
    kind: text,
    missed_syncs: z.int(),
    sweep_ended_at: instant,
    ...lastSeen,
    ...observation,
  }),
  /** Absent from a third counted sweep in a row. */
  ResourceWentStale: z.object({
    resource_id: text,
    kind: text,
    missed_syncs: z.int(),
    sweep_ended_at: instant,
    ...lastSeen,
    ...observation,
  }),
  /** Seen again after strikes or staleness, with what it looks like now. */
  ResourceReturned: z.object({
    resource_id: text,
    kind: text,
    was_stale: z.boolean(),
    ...observedFields,
    ...observation,
    ...sweepEnd,
  }),
  /**
   * The project walk placed it; `tenant_id` follows from project and classification. This may precede the
   * first sighting of a resource whose own sync has not run yet.
   */
  ResourceAttributed: z.object({ resource_id: text, cloud_project_id: text.nullable(), tenant_id: text }),
  /** An admin classified it; outlasts syncs. */
  ResourceAssigned: z.object({ resource_id: text, tenant_id: text }),
  /** Tied to a deployment from the day `effective_from` on (inclusive); by hand where there is no `rule`. */
  ResourceTied: z.object({
    resource_id: text,
    deployment_id: text,
    tenant_id: text,
    effective_from: day,
    rule: tieRule.optional(),
  }),
  /** The tie that began on `effective_from` ends before the day `effective_to` (exclusive). */
  ResourceUntied: z.object({
    resource_id: text,
    deployment_id: text,
    tenant_id: text,
    effective_from: day,
    effective_to: day,
    reason: z.enum(['requested', 'returned-after-stale', 'left-project', 'source-untied', 'rule-ended']),
  }),
  SpecProvisioned: z.object({ resource_id: text, spec_version: z.int(), spec: jsonObject }),
  DriftFound: z.object({
    drift_id: text,
    resource_id: text,
    field: text,
    desired: json,
    actual: json,
    spec_version: z.int(),
  }),
  /** Still open, with another actual (or desired) value. */
  DriftChanged: z.object({
    drift_id: text,
    resource_id: text,
    field: text,
    desired: json,
    actual: json,
    spec_version: z.int(),
  }),
  /** The field no longer differs. */
  DriftWentStale: z.object({ drift_id: text, resource_id: text, field: text }),
  /** The live value became the desired one; `spec` is the whole new spec. */
  DriftAccepted: z.object({
    drift_id: text,
    resource_id: text,
    field: text,
    actual: json,
    spec_version: z.int(),
    spec: jsonObject,
  }),
  ...revertEvents,
};

const projectFields = {
  name: text,
  description: text,
  purpose: text,
  environment: text,
  is_default: z.boolean(),
  created_at: instant.nullable(),
};

/** Events of a project's stream (`project-<provider uuid>`). */
export const projectEvents = {
  ProjectDiscovered: z.object({ project_id: text, ...projectFields }),
  ProjectChanged: z.object({ project_id: text, ...projectFields }),
  /** No longer listed by the provider. */
  ProjectRemoved: z.object({ project_id: text }),
  ProjectAssigned: z.object({ project_id: text, tenant_id: text }),
  /** From now on its resources are tied to the deployment by themselves; this replaces an earlier rule. */
  ProjectRuleSet: z.object({ project_id: text, deployment_id: text, tenant_id: text }),
  ProjectRuleEnded: z.object({ project_id: text, deployment_id: text }),
};

/** Events of a sweep's stream (`sweep-<kind>-<day>`). */
export const sweepEvents = {
  /** A complete sweep; not `counted` if it began before the last counted sweep of its kind had ended. */
  SweepRecorded: z.object({
    sweep_id: text,
    kind: text,
    started_at: instant,
    ended_at: instant,
    seen: z.int(),
    changed: z.int(),
    missed: z.int(),
    counted: z.boolean(),
  }),
};

export type InventoryEvent = EventOf<typeof inventoryEvents>;
export type ProjectEvent = EventOf<typeof projectEvents>;
export type SweepEvent = EventOf<typeof sweepEvents>;

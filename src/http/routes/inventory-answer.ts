/** What the API shows of the inventory. */
import { z } from 'zod';
import type { HeldRange } from '../../../projections/inventory/tie-history.ts';
import { daySchema } from '../schemas.ts';
import { resourceCost } from './resource-cost.ts';
import { shownEvent } from './show-event.ts';
import { wantedOfOneAnswer } from './show-wanted.ts';

/** A resource of the provider's account (spec 3). */
export const inventoryRow = z.object({
  id: z.string(),
  provider: z.string(),
  provider_id: z.string(),
  kind: z.string(),
  name: z.string(),
  region: z.string().nullable(),
  size_slug: z.string().nullable(),
  status: z.string(),
  attrs: z.record(z.string(), z.unknown()),
  tenant_id: z.string(),
  deployment_id: z.string().nullable(),
  cloud_project_id: z.string().nullable(),
  missed_syncs: z.int(),
  created_at: z.string().nullable(),
  first_seen_at: z.string(),
  last_seen_at: z.string(),
});
/** A row as answers have it. */
export type InventoryAnswer = z.output<typeof inventoryRow>;

const count = z.int().min(0);

/** Counts over a whole filter, and what the list can be narrowed to. */
export const inventorySummary = z.strictObject({
  resources: count,
  untied: count,
  stale: count,
  kinds: z.array(z.string()),
  regions: z.array(z.string()),
  statuses: z.array(z.string()),
});

const tieRule = z.discriminatedUnion('by', [
  z.object({ by: z.literal('project'), project_id: z.string() }),
  z.object({ by: z.literal('source'), resource_id: z.string() }),
]);

const tie = z.object({
  deployment_id: z.string(),
  tenant_id: z.string(),
  effective_from: daySchema,
  effective_to: daySchema.nullable(),
  rule: tieRule.nullable(),
});

/** A tie as answers have it. */
export const shownTie = (held: HeldRange): z.output<typeof tie> => ({ ...held, rule: held.rule ?? null });

/** One resource in full. */
export const resourceAnswer = inventoryRow.extend({
  cost: resourceCost,
  spec: z.record(z.string(), z.unknown()).nullable(),
  spec_version: z.int().nullable(),
  tie: tie.nullable(),
  rule: z
    .discriminatedUnion('by', [
      z.object({ by: z.literal('project'), project_id: z.string(), deployment_id: z.string() }),
      z.object({ by: z.literal('source'), resource_id: z.string(), deployment_id: z.string() }),
    ])
    .nullable(),
  ties: z.array(tie),
  drift: z.array(
    z.object({
      id: z.string(),
      field: z.string(),
      desired: z.unknown(),
      actual: z.unknown(),
      spec_version: z.int(),
      found_at: z.string(),
      updated_at: z.string(),
    }),
  ),
  wanted: wantedOfOneAnswer.nullable(),
  events: z.array(shownEvent),
});

/** What the API shows of the resources that a template wants. */
import { z } from 'zod';
import { comparedIn, matchWanted } from '../../../commands/inventory/match-wanted.ts';
import type { HeldResource } from '../../../projections/deployments/deployment-queries.ts';
import type { WantedSpec } from '../../events/catalog.ts';

const wantedFields = { size_slug: z.string().nullable(), region: z.string().nullable() };

/** What a template wants of a deployment; `tied`: how many of its resources stand for it. */
export const wantedAnswer = z.object({
  kind: z.string(),
  ...wantedFields,
  count: z.int(),
  tied: z.int(),
});

/** What the template of its deployment wants of a resource; null in a field: any is right. */
export const wantedOfOneAnswer = z.object({
  template_code: z.string(),
  template_version: z.string(),
  ...wantedFields,
  /** How many of its kind are wanted and tied, where this one is beyond that. */
  surplus: z.object({ wanted: z.int(), tied: z.int() }).nullable(),
});

/** The wanted resources with those that stand for them. */
export function showWanted(
  wanted: readonly WantedSpec[],
  held: readonly HeldResource[],
): z.output<typeof wantedAnswer>[] {
  const { tied } = matchWanted(wanted, comparedIn(held));
  return wanted.map((spec, place) => ({ ...spec, tied: tied[place] ?? 0 }));
}

import { driftingFields } from '../../commands/inventory/match-wanted.ts';
import type { DetectDrift } from '../../commands/inventory/detect-drift.ts';
import { templateWishes, type TemplateWish } from '../../commands/inventory/template-wish.ts';
import { driftScope, type FollowingResource } from '../../projections/deployments/wanted-queries.ts';
import type { Db } from '../database/db.ts';
import { groupBy } from '../runtime/group-by.ts';

/** What a sweep for drift has to do. */
export interface DriftWork {
  /** Resources with a spec of their own, or that a template wants something of. */
  compared: number;
  /** Those where an event is possible: a resource that is as its template wants has none. */
  decisions: DetectDrift[];
}

/**
 * Which resources a sweep decides on, and what templates want of them.
 * @param today the UTC day whose ties count
 */
export async function driftWork(db: Db, today: string): Promise<DriftWork> {
  const { judged, wanted, following } = await driftScope(db, today);
  const wishes = new Map<string, TemplateWish>();
  const differing: string[] = [];
  for (const [deployment_id, resources] of groupBy(following, (one) => one.deployment_id)) {
    const ofTemplate = templateWishes(deployment_id, wanted.get(deployment_id) ?? [], resources);
    for (const resource of resources) {
      const wish = ofTemplate.get(resource.id);
      if (wish === undefined) continue;
      wishes.set(resource.id, wish);
      if (isDifferent(wish, resource)) differing.push(resource.id);
    }
  }
  const ids = [...new Set([...judged, ...differing])];
  return {
    compared: new Set([...judged, ...wishes.keys()]).size,
    decisions: ids.map((resource_id) => ({ resource_id, wish: wishes.get(resource_id) ?? null })),
  };
}

function isDifferent({ fields, surplus }: TemplateWish, resource: FollowingResource): boolean {
  return surplus !== null || driftingFields(fields, resource).length > 0;
}

import { deploymentStream } from '../../commands/deployments/deployment.ts';
import { comparedIn } from '../../commands/inventory/match-wanted.ts';
import { templateWishes, type TemplateWish } from '../../commands/inventory/template-wish.ts';
import type { AsOf } from '../../projections/deployments/as-of.ts';
import { deploymentHistories } from '../../projections/deployments/deployment-queries.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { heldAsOf } from './as-of-held.ts';
import { deploymentAsOf } from './deployment-as-of.ts';
import type { Viewer } from './past.ts';

/** What the template of a deployment wants of a resource. */
export interface WantedOfResource {
  template_code: string;
  template_version: string;
  /** Null: any is right. */
  size_slug: string | null;
  region: string | null;
  surplus: TemplateWish['surplus'];
}

/**
 * What the template of the deployment that a resource is tied to wants of it, now or at a past moment; null
 * where there is no such template, or it does not name the kind.
 * @param tie the one in force then
 */
export async function wantedOfResource(
  ledger: Ledger,
  resourceId: string,
  tie: { deployment_id: string } | null,
  when: AsOf,
  viewer: Viewer,
): Promise<WantedOfResource | null> {
  if (tie === null) return null;
  const { deployment_id: id } = tie;
  const isNow = when.as_of === undefined && when.known_at === undefined;
  const [history] = await ledger.query((db) =>
    deploymentHistories(db, [{ id, stream: deploymentStream(id) }], viewer.now.slice(0, 10)),
  );
  const past = deploymentAsOf(history?.events ?? [], when);
  const { deployment } = past?.state ?? { deployment: null };
  if (past === null || deployment === null || past.wanted.length === 0) return null;
  if (deployment.state === 'cancelled' || deployment.state === 'archived') return null;
  const held = isNow ? (history?.resources ?? []) : await heldAsOf(ledger, id, when, viewer);
  const wish = templateWishes(id, past.wanted, comparedIn(held)).get(resourceId);
  const { template_code, template_version } = deployment;
  if (wish === undefined || template_code === null || template_version === null) return null;
  return { template_code, template_version, ...wish.fields, surplus: wish.surplus };
}

import type { EventOf } from '../../src/events/define.ts';
import type { inventoryEvents, TieRule } from '../../src/events/inventory.ts';

/** A tie: a half-open range of UTC days on one deployment; `effective_to` null while open. */
export interface HeldRange {
  deployment_id: string;
  tenant_id: string;
  effective_from: string;
  effective_to: string | null;
  /** What made it by itself; absent for a tie by hand. */
  rule?: TieRule;
}

type TieEvent = Extract<EventOf<typeof inventoryEvents>, { type: 'ResourceTied' | 'ResourceUntied' }>;

/**
 * A resource's ties after one more event, in the order of its stream. The read model has the present ties;
 * this fold has those known at any time, including ties that were shortened or emptied later.
 */
export function tiesAfter(
  ties: readonly HeldRange[],
  { type, data }: Pick<TieEvent, 'type' | 'data'>,
): HeldRange[] {
  const { deployment_id, tenant_id, effective_from } = data;
  if (type === 'ResourceTied' || !('effective_to' in data))
    return [
      ...ties,
      {
        deployment_id,
        tenant_id,
        effective_from,
        effective_to: null,
        ...('rule' in data && data.rule !== undefined ? { rule: data.rule } : {}),
      },
    ];
  const ended = ties.findLastIndex(
    (tie) => tie.deployment_id === deployment_id && tie.effective_from === effective_from,
  );
  return ties.map((tie, index) => (index === ended ? { ...tie, effective_to: data.effective_to } : tie));
}

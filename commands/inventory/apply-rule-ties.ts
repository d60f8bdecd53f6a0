import { defineCommand } from '../../src/ledger/command.ts';
import type { InventoryEvent } from '../../src/events/inventory.ts';
import { hasDays, resource, resourceStream, seenResource, type Tie } from './resource.ts';
import type { RuleDecision } from './decide-rule-ties.ts';

/** Ties in one form, whatever order and ends without days they have. */
const plain = (ties: readonly Tie[]): string =>
  ties
    .filter(hasDays)
    .map((tie) => [tie.effective_from, tie.effective_to ?? '', tie.deployment_id].join(' '))
    .sort()
    .join('\n');

/**
 * Records what the rules decided for one resource. Where its ties have changed since, nothing is recorded:
 * the next run of the rules decides anew.
 */
export const applyRuleTies = defineCommand({
  name: 'apply-rule-ties',
  aggregate: resource,
  stream: (input: RuleDecision) => resourceStream(input.resource_id),
  decide(before, { resource_id, seen, untie, tie }): InventoryEvent[] {
    const state = seenResource(before);
    if (state === null || plain(state.ties) !== plain(seen)) return [];
    const events: InventoryEvent[] = [];
    if (untie !== null) {
      const { deployment_id, tenant_id, effective_from } = untie.tie;
      const { effective_to, reason } = untie;
      const data = { resource_id, deployment_id, tenant_id, effective_from, effective_to, reason };
      events.push({ type: 'ResourceUntied', data, effective_at: effective_to });
    }
    if (tie !== null)
      events.push({
        type: 'ResourceTied',
        data: { resource_id, ...tie },
        effective_at: tie.effective_from,
      });
    return events;
  },
  result: (_state, { resource_id }) => ({ resource_id }),
});

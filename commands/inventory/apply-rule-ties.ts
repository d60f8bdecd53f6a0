import { defineCommand } from '../../src/ledger/command.ts';
import type { InventoryEvent } from '../../src/events/inventory.ts';
import { hasDays, resource, resourceStream, seenResource, type Tie } from './resource.ts';
import type { RuleDecision, RuleUntie } from './decide-rule-ties.ts';

/** Ties in one form, whatever order and ends without days they have. */
const plain = (ties: readonly Tie[]): string =>
  ties
    .filter(hasDays)
    .map((tie) => [tie.effective_from, tie.effective_to ?? '', tie.deployment_id].join(' '))
    .sort()
    .join('\n');

function untied(
  resource_id: string,
  { deployment_id, tenant_id, effective_from }: Omit<Tie, 'effective_to' | 'rule'>,
  { effective_to, reason }: Pick<RuleUntie, 'effective_to' | 'reason'>,
): InventoryEvent {
  const data = { resource_id, deployment_id, tenant_id, effective_from, effective_to, reason };
  return { type: 'ResourceUntied', data, effective_at: effective_to };
}

/**
 * Records what the rules decided for one resource. Where its ties have changed since, nothing is recorded:
 * the next run of the rules decides anew.
 */
export const applyRuleTies = defineCommand({
  name: 'apply-rule-ties',
  aggregate: resource,
  stream: (input: RuleDecision) => resourceStream(input.resource_id),
  decide(before, { resource_id, seen, unties, ties }): InventoryEvent[] {
    const state = seenResource(before);
    if (state === null || plain(state.ties) !== plain(seen)) return [];
    const ended = unties.map(({ tie, ...end }) => untied(resource_id, tie, end));
    const made = ties.flatMap(({ effective_to, ...tie }): InventoryEvent[] => {
      const data = { resource_id, ...tie };
      const begun: InventoryEvent = { type: 'ResourceTied', data, effective_at: tie.effective_from };
      return effective_to === null
        ? [begun]
        : [begun, untied(resource_id, tie, { effective_to, reason: 'source-untied' })];
    });
    return [...ended, ...made];
  },
  result: (_state, { resource_id }) => ({ resource_id }),
});

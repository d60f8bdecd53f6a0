import { defineCommand } from '../../src/ledger/command.ts';
import { refuse, refuseField, type Refusal } from '../../src/ledger/refusal.ts';
import type { InventoryEvent } from '../../src/events/inventory.ts';
import { addDays } from '../../src/pricing/calendar.ts';
import { refuseInvoicedDays } from '../invoicing/invoiced-days.ts';
import { resource, resourceStream, seenResource } from './resource.ts';
import type { TieContext } from './tie-context.ts';
import type { TieResult } from './tie-resource.ts';

export interface UntieResource {
  resource_id: string;
  deployment_id: string;
  /** The day before which the tie ends (exclusive); default today. */
  effective_to?: string | undefined;
}

/** The tie, and the former end of its days (null: it was open). */
export interface UntieResult extends TieResult {
  effective_to: string;
}

/**
 * Ends a deployment's last tie to a resource before a UTC day. An ended tie can be shortened by an earlier
 * day. Tomorrow is the latest: today is then the last day.
 */
export const untieResource = defineCommand({
  name: 'untie-resource',
  aggregate: resource,
  stream: (input: UntieResource) => resourceStream(input.resource_id),
  decide(before, input, { deployment, invoices }: TieContext, { today }): InventoryEvent[] | Refusal {
    const state = seenResource(before);
    if (deployment === null) return refuse('not-found', 'there is no such deployment');
    const effective_to = input.effective_to ?? today;
    const tie = state?.ties.findLast((one) => one.deployment_id === input.deployment_id);
    const notTied = refuse(
      'not-tied',
      `resource ${input.resource_id} is not tied to deployment ${input.deployment_id}`,
    );
    if (state === null || tie === undefined) return notTied;
    if (tie.effective_to === effective_to) return [];
    if (tie.effective_to !== null && (input.effective_to === undefined || effective_to > tie.effective_to))
      return notTied;
    if (effective_to < tie.effective_from)
      return refuseField('effective_to', `the tie began on ${tie.effective_from}`);
    if (effective_to > addDays(today, 1))
      return refuseField('effective_to', 'a tie can not end in the future');
    const { deployment_id, tenant_id, effective_from } = tie;
    return (
      refuseInvoicedDays(invoices, effective_to, tie.effective_to) ?? [
        {
          type: 'ResourceUntied',
          data: {
            resource_id: state.resource_id,
            deployment_id,
            tenant_id,
            effective_from,
            effective_to,
            reason: 'requested',
          },
          effective_at: effective_to,
        },
      ]
    );
  },
  result(state, { deployment_id, resource_id }): UntieResult {
    const tie = seenResource(state)?.ties.findLast((one) => one.deployment_id === deployment_id);
    if (tie?.effective_to === undefined || tie.effective_to === null)
      throw new Error(`no ended tie of ${resource_id} to ${deployment_id}`);
    const { tenant_id, effective_from, effective_to } = tie;
    return { resource_id, deployment_id, tenant_id, effective_from, effective_to };
  },
});

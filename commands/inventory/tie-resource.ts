import { z } from 'zod';
import { defineCommand } from '../../src/ledger/command.ts';
import { refuse, refuseField, type Refusal } from '../../src/ledger/refusal.ts';
import type { InventoryEvent } from '../../src/events/inventory.ts';
import { refuseInvoicedDays } from '../invoicing/invoiced-days.ts';
import { hasDays, resource, resourceStream, seenResource, type KnownResource, type Tie } from './resource.ts';
import type { TieContext } from './tie-context.ts';

export interface TieResource {
  resource_id: string;
  deployment_id: string;
  /** First day; default today. */
  effective_from?: string | undefined;
}

/** The result of tying and untying: the tie as it is now. */
export const tieResult = z.object({
  resource_id: z.string(),
  deployment_id: z.string(),
  tenant_id: z.string(),
  effective_from: z.string(),
  effective_to: z.string().nullable(),
});
export type TieResult = z.output<typeof tieResult>;

/** States of a deployment that no resource can be tied to any more. */
export const closedStates: ReadonlySet<string> = new Set(['cancelled', 'archived']);

/** The tie that shares a day with a new one from that day on. */
function overlapping(ties: readonly Tie[], from: string): Tie | undefined {
  return ties.find((tie) => hasDays(tie) && (tie.effective_to === null || tie.effective_to > from));
}

/**
 * Whether a tie is already the requested one: open, on that deployment, from that day (by default: from today
 * or before).
 */
function isSame(tie: Tie, input: TieResource, today: string): boolean {
  if (tie.deployment_id !== input.deployment_id || tie.effective_to !== null) return false;
  return input.effective_from === undefined
    ? tie.effective_from <= today
    : tie.effective_from === input.effective_from;
}

function refuseTied(state: KnownResource, tie: Tie): Refusal {
  const range =
    tie.effective_to === null
      ? `from ${tie.effective_from} on`
      : `from ${tie.effective_from} to ${tie.effective_to} (exclusive)`;
  return refuse(
    'already-tied',
    `resource ${state.resource_id} is tied to deployment ${tie.deployment_id} ${range}`,
    {
      extra: {
        deployment_id: tie.deployment_id,
        effective_from: tie.effective_from,
        effective_to: tie.effective_to,
      },
    },
  );
}

/**
 * Ties a resource to a deployment from a UTC day on. A resource has one deployment a day: a shared day is
 * refused, and the refusal names the other deployment. A future day is refused: a tie is a fact, not a plan.
 */
export const tieResource = defineCommand({
  name: 'tie-resource',
  aggregate: resource,
  stream: (input: TieResource) => resourceStream(input.resource_id),
  decide(before, input, { deployment, invoices }: TieContext, { today }): InventoryEvent[] | Refusal {
    const state = seenResource(before);
    const effective_from = input.effective_from ?? today;
    if (deployment === null) return refuse('not-found', 'there is no such deployment');
    if (state === null)
      return refuse('unknown-resource', `there is no resource ${input.resource_id}`, {
        errors: [{ path: 'resource_id', message: 'no such resource' }],
      });
    if (effective_from > today) return refuseField('effective_from', 'a tie can not begin in the future');
    const present = overlapping(state.ties, effective_from);
    if (present !== undefined) return isSame(present, input, today) ? [] : refuseTied(state, present);
    if (closedStates.has(deployment.state))
      return refuse('deployment-closed', `the deployment is ${deployment.state}`, {
        extra: { state: deployment.state },
      });
    const { deployment_id, tenant_id } = deployment;
    return (
      refuseInvoicedDays(invoices, effective_from, null) ?? [
        {
          type: 'ResourceTied',
          data: { resource_id: state.resource_id, deployment_id, tenant_id, effective_from },
          effective_at: effective_from,
        },
      ]
    );
  },
  result(state, { deployment_id, resource_id }): TieResult {
    const tie = seenResource(state)?.ties.findLast((one) => one.deployment_id === deployment_id);
    if (tie === undefined) throw new Error(`no tie of ${resource_id} to ${deployment_id}`);
    const { tenant_id, effective_from, effective_to } = tie;
    return { resource_id, deployment_id, tenant_id, effective_from, effective_to };
  },
});

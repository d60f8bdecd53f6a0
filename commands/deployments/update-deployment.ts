import { defineCommand } from '../../src/ledger/command.ts';
import { isRefusal, refuse, refuseField, type Refusal } from '../../src/ledger/refusal.ts';
import type { DeploymentEvent } from '../../src/events/deployments.ts';
import { closed, effectiveAt, kindOf, visibleDeployment } from './actors.ts';
import { deployment, deploymentStream, type DeploymentFields, type LatestChanges } from './deployment.ts';
import { effectiveDayOf, refuseLater, type DayBounds } from './effective-day.ts';

/** A field that is left out stays as it is. */
export interface UpdateDeployment {
  deployment_id: string;
  display_name?: string | undefined;
  llm_mode?: string | undefined;
  /** The operator's override: automatic billing actions leave the deployment alone. */
  billing_action_suspended?: boolean | undefined;
  /** The UTC day from whose end on `llm_mode` holds; default today. An admin may name a day in the past. */
  effective_on?: string | undefined;
}

/** Changes the fields of a deployment that can change. The same values again add nothing. */
export const updateDeployment = defineCommand({
  name: 'update-deployment',
  aggregate: deployment,
  stream: (input: UpdateDeployment) => deploymentStream(input.deployment_id),
  decide(state, input, bounds: DayBounds | undefined, execution): DeploymentEvent[] | Refusal {
    const known = visibleDeployment(state, execution.actor);
    if (isRefusal(known)) return known;
    if (input.billing_action_suspended !== undefined && kindOf(execution.actor) !== 'admin')
      return refuse('forbidden', 'only an admin may set billing_action_suspended');
    if (input.effective_on !== undefined && input.llm_mode === undefined)
      return refuseField('effective_on', 'dates a change of llm_mode, which is not given');
    const day = effectiveDayOf(input.effective_on, bounds, execution);
    if (isRefusal(day)) return day;
    const { today } = execution;
    const refusal = notOpen(known, day < today) ?? (day < today ? refuseBefore(day, state.latest) : null);
    if (refusal !== null) return refusal;
    const changed = fields.filter((field) => input[field] !== undefined && input[field] !== known[field]);
    const data = { deployment_id: known.id, tenant_id: known.tenant_id, ...wanted(known, input) };
    const [modes, others] = [
      changed.filter((field) => field === 'llm_mode'),
      changed.filter((field) => field !== 'llm_mode'),
    ];
    const changes = day === today ? [changed] : [others, modes];
    return changes.flatMap((part): DeploymentEvent[] => {
      if (part.length === 0) return [];
      if (!part.includes('llm_mode'))
        return [{ type: 'DeploymentUpdated', data: { ...data, changed: part } }];
      const dated = { ...data, changed: part, effective_on: day };
      return [{ type: 'DeploymentUpdated', data: dated, ...effectiveAt(day, today) }];
    });
  },
  result: (state) => state,
});

const fields = ['display_name', 'llm_mode', 'billing_action_suspended'] as const;

const wanted = (known: DeploymentFields, input: UpdateDeployment) => ({
  display_name: input.display_name ?? known.display_name,
  llm_mode: input.llm_mode ?? known.llm_mode,
  billing_action_suspended: input.billing_action_suspended ?? known.billing_action_suspended,
});

/** The refusal of a deployment that has ended. What a cancelled one was billed for no longer changes. */
function notOpen(known: DeploymentFields, isDatedBack: boolean): Refusal | null {
  return known.state === 'archived' || (isDatedBack && known.state === 'cancelled') ? closed(known) : null;
}

/** The refusal of a day before the latest change of the mode, or null. */
function refuseBefore(day: string, { llm_mode: latest }: LatestChanges): Refusal | null {
  if (latest === null) return null;
  const { effective_on, llm_mode } = latest;
  if (effective_on === null)
    return refuse('conflict', `an earlier release set the LLM mode ${llm_mode}: it can not be dated back`);
  return day < effective_on
    ? refuseLater(`the LLM mode became ${llm_mode}`, { ...latest, effective_on })
    : null;
}
